"""Trino's functions that depend on nothing but their arguments and settings, by its documentation."""

from __future__ import annotations

from datacanary.impact.functions.names.kind import by_name

KINDS = by_name(
    scalar="""
    abs acos all_match any_match array_distinct array_except array_first array_histogram array_intersect array_join
    array_last array_max array_min array_position array_remove array_sort array_union arrays_overlap asin at_timezone
    atan atan2 bar beta_cdf bit_count bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
    bitwise_right_shift_arithmetic bitwise_xor cardinality cast cbrt ceil ceiling char2hexint chr codepoint coalesce
    combinations concat concat_ws contains contains_sequence cos cosh cosine_distance cosine_similarity crc32 date
    date_add date_diff date_format date_parse date_trunc day day_of_month day_of_week day_of_year degrees dot_product
    dow doy e element_at euclidean_distance exp extract filter flatten floor format format_datetime format_number
    from_base from_base32 from_base64 from_base64url from_big_endian_32 from_big_endian_64 from_encoded_polyline
    from_hex from_ieee754_32 from_ieee754_64 from_iso8601_date from_iso8601_timestamp from_iso8601_timestamp_nanos
    from_unixtime from_unixtime_nanos from_utf8 greatest hamming_distance hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512
    hour human_readable_seconds if index infinity inverse_beta_cdf inverse_normal_cdf is_finite is_infinite
    is_json_scalar is_nan json_array json_array_contains json_array_get json_array_length json_exists json_extract
    json_extract_scalar json_format json_object json_parse json_query json_size json_value last_day_of_month least
    length levenshtein_distance ln log log10 log2 longest_common_prefix lower lpad ltrim luhn_check map map_concat
    map_entries map_filter map_from_entries map_keys map_values map_zip_with md5 millisecond minute mod month
    multimap_from_entries murmur3 nan ngrams none_match normal_cdf normalize nullif parse_data_size parse_datetime
    parse_duration pi position pow power quarter radians reduce regexp_count regexp_extract regexp_extract_all
    regexp_like regexp_position regexp_replace regexp_split repeat replace reverse round row rpad rtrim second
    sequence sha1 sha256 sha512 sign sin sinh slice soundex split split_part split_to_map split_to_multimap
    spooky_hash_v2_32 spooky_hash_v2_64 sqrt starts_with strpos substr substring tan tanh timestamp_objectid
    timezone_hour timezone_minute to_base to_base32 to_base64 to_base64url to_big_endian_32 to_big_endian_64
    to_char to_date to_hex to_ieee754_32 to_ieee754_64 to_iso8601 to_milliseconds to_timestamp to_unixtime to_utf8
    transform transform_keys transform_values translate trim trim_array truncate try try_cast typeof upper
    url_decode url_encode url_extract_fragment url_extract_host url_extract_parameter url_extract_path
    url_extract_port url_extract_protocol url_extract_query week week_of_year width_bucket wilson_interval_lower
    wilson_interval_upper with_timezone word_stem xxhash64 year year_of_week yow zip zip_with
    """,
    aggregate="""
    any_value approx_distinct approx_most_frequent approx_percentile approx_set arbitrary array_agg avg
    bitwise_and_agg bitwise_or_agg bitwise_xor_agg bool_and bool_or checksum corr count count_if covar_pop covar_samp
    every geometric_mean grouping histogram kurtosis listagg map_agg map_union max max_by merge min min_by
    multimap_agg numeric_histogram qdigest_agg reduce_agg regr_intercept regr_slope skewness stddev stddev_pop
    stddev_samp sum tdigest_agg var_pop var_samp variance
    """,
    window="""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    """,
    rows="""
    unnest
    """,
)
