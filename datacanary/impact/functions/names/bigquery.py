"""BigQuery's functions that depend on nothing but their arguments and settings, by its documentation."""

from __future__ import annotations

from datacanary.impact.functions.names.kind import by_name

KINDS = by_name(
    scalar="""
    abs acos acosh array_concat array_first array_last array_length array_reverse array_slice array_to_string ascii
    asin asinh atan atan2 atanh bit_count bool byte_length cbrt ceil ceiling char_length character_length chr coalesce
    code_points_to_bytes code_points_to_string collate concat contains_substr cos cosh cosine_distance cot coth csc
    csch date date_add date_bucket date_diff date_from_unix_date date_sub date_trunc datetime datetime_add
    datetime_bucket datetime_diff datetime_sub datetime_trunc div edit_distance ends_with euclidean_distance exp
    farm_fingerprint float64 floor format format_date format_datetime format_time format_timestamp from_base32
    from_base64 from_hex generate_array generate_date_array generate_timestamp_array greatest if ifnull ieee_divide
    initcap instr int64 is_inf is_nan json_array json_array_append json_array_insert json_extract json_extract_array
    json_extract_scalar json_extract_string_array json_keys json_object json_query json_query_array json_remove
    json_set json_strip_nulls json_type json_value json_value_array justify_days justify_hours justify_interval
    last_day lax_bool lax_float64 lax_int64 lax_string least left length ln log log10 lower lpad ltrim make_interval
    md5 mod normalize normalize_and_casefold net.host net.reg_domain nullif octet_length parse_bignumeric parse_date
    parse_datetime parse_json parse_numeric parse_time parse_timestamp pow power range range_bucket range_contains
    range_end range_overlaps range_start regexp_contains regexp_extract regexp_extract_all regexp_instr regexp_replace
    regexp_substr repeat replace reverse right round rpad rtrim safe_add safe_convert_bytes_to_string safe_divide
    safe_multiply safe_negate safe_subtract sec sech sha1 sha256 sha512 sign sin sinh soundex split sqrt starts_with
    string strpos substr substring tan tanh time time_add time_diff time_sub time_trunc timestamp timestamp_add
    timestamp_bucket timestamp_diff timestamp_micros timestamp_millis timestamp_seconds timestamp_sub timestamp_trunc
    to_base32 to_base64 to_code_points to_hex to_json to_json_string translate trim trunc unicode unix_date unix_micros
    unix_millis unix_seconds upper
    """,
    aggregate="""
    any_value approx_count_distinct approx_quantiles approx_top_count approx_top_sum array_agg array_concat_agg avg
    bit_and bit_or bit_xor corr count countif covar_pop covar_samp grouping logical_and logical_or max max_by min
    min_by percentile_cont percentile_disc stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
    """,
    window="""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    """,
    rows="""
    unnest
    """,
)
