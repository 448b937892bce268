"""Redshift's functions that depend on nothing but their arguments and settings, by its documentation."""

from __future__ import annotations

from datacanary.impact.functions.names.kind import by_name

KINDS = by_name(
    scalar="""
    abs acos add_months array array_concat array_contains array_distinct array_except array_flatten array_intersection
    array_position array_positions array_sort array_to_string array_union ascii asin atan atan2 btrim
    can_json_parse cbrt ceil ceiling char_length character_length charindex checksum chr coalesce collate concat
    convert_timezone cos cot crc32 date_cmp date_cmp_timestamp date_part date_part_year date_trunc dateadd datediff
    decode degrees dexp dlog1 dlog10 exp extract farmfingerprint64 floor fnv_hash func_sha1 get_array_length
    greatest initcap interval_cmp is_array is_bigint is_boolean is_char is_decimal is_float is_integer is_object
    is_scalar is_smallint is_valid_json is_valid_json_array is_varchar isnull json_array_length
    json_extract_array_element_text json_extract_path_text json_parse json_serialize json_serialize_to_varbyte
    json_size json_typeof last_day least left len length ln log lower lower_attribute_names lpad ltrim md5 mod
    months_between next_day nullif nvl nvl2 object_transform octet_length octetindex pi position pow power
    quote_ident quote_literal radians regexp_count regexp_instr regexp_replace regexp_substr repeat replace replicate
    reverse right round rpad rtrim sha sha1 sha2 sign sin size soundex split_part split_to_array sqrt strpos strtol
    subarray substr substring tan textlen timezone to_char to_date to_hex to_number to_timestamp to_varbyte translate
    trim trunc upper upper_attribute_names
    """,
    aggregate="""
    any_value approximate_percentile_disc array_agg avg bit_and bit_or bool_and bool_or count grouping grouping_id
    listagg max median min percentile_cont percentile_disc stddev stddev_pop stddev_samp sum var_pop var_samp variance
    """,
    window="""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank ratio_to_report row_number
    """,
    rows="""
    generate_series unnest
    """,
)
