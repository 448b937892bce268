"""What connections to PostgreSQL are made with."""

from psycopg.conninfo import conninfo_to_dict

from datacanary.model.location import Login
from datacanary.warehouse.postgres.session import conninfo, conninfo_to_build

SHOP = {"host": "db.example", "dbname": "shop"}


def test_a_dead_network_is_noticed_within_a_minute() -> None:
    found = conninfo_to_dict(conninfo(Login(SHOP, "analytics"), "test"))
    idle, interval, count = (int(str(found[f"keepalives_{name}"])) for name in ("idle", "interval", "count"))
    assert (idle + interval * count, found["tcp_user_timeout"]) == (60, "60000")


def test_what_the_user_says_of_the_network_is_taken() -> None:
    login = Login({**SHOP, "keepalives_idle": "900", "tcp_user_timeout": "0", "connect_timeout": "3"}, "analytics")
    found = conninfo_to_dict(conninfo(login, "test"))
    assert (found["keepalives_idle"], found["tcp_user_timeout"], found["connect_timeout"]) == ("900", "0", "3")


def test_a_server_that_takes_no_rows_for_a_while_is_not_dead() -> None:
    found = conninfo_to_dict(conninfo_to_build(Login(SHOP, "analytics"), "test", {"search_path": "analytics"}))
    assert found["keepalives_idle"] == "30"
    assert "tcp_user_timeout" not in found
