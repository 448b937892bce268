"""The one comment: after whatever jobs one of ours is left, the newest, and nobody else's was touched."""

from hypothesis import given
from hypothesis import strategies as st

from datacanary.forge.protocol import Comment, HostKind
from datacanary.forge.sticky import (
    Create,
    Decision,
    Delete,
    Hide,
    Marker,
    Mode,
    Update,
    Wanted,
    decide,
    is_the_same_run,
    marked,
    marker_line,
    outdated,
    read_marker,
    same_commit,
    slug,
)

HEAD = "4f1c9e2a77b00000000000000000000000000001"
texts = st.text(max_size=80)
hosts: st.SearchStrategy[HostKind] = st.sampled_from(["github", "gitlab", "bitbucket", "azure"])
modes: st.SearchStrategy[Mode] = st.sampled_from(["update", "new", "hide-and-new", "delete-and-new"])


@given(project=texts, head=texts, run=texts, attempt=texts, host=hosts, text=texts)
def test_no_value_can_end_a_marker(project: str, head: str, run: str, attempt: str, host: HostKind, text: str) -> None:
    line = marker_line(Marker(project, head, run, attempt), host)
    assert "\n" not in line
    assert line.count("-->") == line.count("<!--") == (host in {"github", "gitlab"})
    assert line.count("`") == 2 * (host in {"bitbucket", "azure"})
    assert read_marker(marked(f"# {text}", Marker(slug(project), head, run, attempt), host)) is not None


@given(one=texts, other=texts)
def test_other_projects_have_other_slugs(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)
    assert read_marker(marker_line(Marker(slug(one), HEAD, "1", "1"), "github")) == Marker(
        slug(one), HEAD[:12], "1", "1"
    )


def test_a_marker_counts_in_the_first_line_alone() -> None:
    marker = marker_line(Marker("shop", HEAD, "1", "1"), "github")
    assert read_marker(f"{marker}\nx") is not None
    assert read_marker(f"x\n{marker}\nx") is None
    assert read_marker(f"> {marker}") is None
    assert read_marker("") is None
    assert read_marker("<!-- datacanary:v1 project=shop -->") is None


def test_commits_are_told_apart() -> None:
    assert same_commit(HEAD, HEAD[:12])
    assert not same_commit(HEAD, "a07d113")
    assert not same_commit(HEAD, HEAD[:6])


Job = tuple[int, int, bool]
"""Run, text, whether nothing changed."""


class Host:
    """What a host keeps, without the network."""

    def __init__(self) -> None:
        self.comments = [
            Comment(1, "ada", "hello"),
            Comment(2, "bob", marker_line(Marker("shop", HEAD, "9", "1"), "github")),
        ]
        self.last = 2

    def run(self, wanted: Wanted) -> Decision:
        """Do as decided until nothing more is created."""
        while True:
            decision = decide(wanted, [one for one in self.comments if one.author == "bot"])
            for step in decision.steps:
                match step:
                    case Create():
                        self.last += 1
                        self.comments.append(Comment(self.last, "bot", wanted.body))
                    case Update(comment, body) | Hide(comment, body):
                        at = self.comments.index(comment)
                        self.comments[at] = Comment(comment.id, comment.author, body)
                    case Delete(comment):
                        self.comments.remove(comment)
            if not any(isinstance(step, Create) for step in decision.steps):
                return decision

    @property
    def live(self) -> list[Comment]:
        """Our comments that count."""
        marks = ((one, read_marker(one.body)) for one in self.comments if one.author == "bot")
        return [one for one, mark in marks if mark is not None and not mark.outdated]


@given(
    jobs=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2), st.booleans()), max_size=8), mode=modes, host=hosts
)
def test_after_any_jobs_one_comment_is_left_and_it_is_the_newest(jobs: list[Job], mode: Mode, host: HostKind) -> None:
    there, said = Host(), 0
    for run, number, quiet in jobs:
        marker = Marker("shop", HEAD, str(run), "1")
        wanted = Wanted(marker, marked(f"text {number}", marker, host), mode, quiet)
        newest = max((int(mark.run) for one in there.live if (mark := read_marker(one.body))), default=0)
        decision = there.run(wanted)
        said = max(said, run) if decision.outcome in {"written", "same"} else said
        assert (decision.outcome == "newer") == (newest > run)
        if mode != "new":
            assert len(there.live) <= 1
        runs = [int(mark.run) for one in there.live if (mark := read_marker(one.body))]
        assert max(runs, default=0) == said
    assert [one.author for one in there.comments[:2]] == ["ada", "bob"]
    assert there.comments[1].body == marker_line(Marker("shop", HEAD, "9", "1"), "github")


@given(body=texts, host=hosts)
def test_what_is_outdated_says_so_and_keeps_its_text(body: str, host: HostKind) -> None:
    marker = Marker("shop", HEAD, "1", "1")
    before = Comment(1, "bot", marked(f"text {body}", marker, host))
    after = Comment(1, "bot", outdated(before))
    found = read_marker(after.body)
    assert found is not None
    assert found.outdated
    assert "Outdated" in after.body
    assert not is_the_same_run(after, marker)
    assert "text" in after.body
