"""Snowflake's functions that depend on nothing but their arguments and settings, by its documentation."""

from __future__ import annotations

from datacanary.impact.functions.names.kind import by_name

KINDS = by_name(
    scalar="""
    abs acos acosh add_months array_append array_cat array_compact array_construct array_construct_compact
    array_contains array_distinct array_except array_flatten array_generate_range array_insert array_intersection
    array_max array_min array_position array_prepend array_remove array_remove_at array_reverse array_size array_slice
    array_sort array_to_string arrays_overlap arrays_to_object arrays_zip as_array as_binary as_boolean as_char as_date
    as_decimal as_double as_integer as_number as_object as_real as_time as_timestamp_ltz as_timestamp_ntz
    as_timestamp_tz as_varchar ascii asin asinh atan atan2 atanh base64_decode_binary base64_decode_string
    base64_encode bit_length bitand bitcount bitmap_bit_position bitmap_bucket_number bitmap_count bitnot bitor
    bitshiftleft bitshiftright bitxor booland boolnot boolor boolxor cbrt ceil charindex check_json check_xml
    chr char coalesce collate collation compress concat concat_ws contains convert_timezone cos cosh cot date
    date_from_parts date_part date_trunc dateadd datediff datefromparts day dayname dayofmonth dayofweek dayofweekiso
    dayofyear decode decompress_binary decompress_string degrees div0 div0null editdistance endswith equal_null exp
    factorial filter floor get get_ignore_case get_path getbit greatest greatest_ignore_nulls hash haversine
    hex_decode_binary hex_decode_string hex_encode hour iff ifnull ilike initcap insert is_array is_binary is_boolean
    is_char is_date is_decimal is_double is_integer is_null_value is_object is_real is_time is_timestamp_ltz
    is_timestamp_ntz is_timestamp_tz is_varchar jarowinkler_similarity json_extract_path_text last_day least
    least_ignore_nulls left len length like ln log lower lpad ltrim map_cat map_contains_key map_delete map_insert
    map_keys map_pick map_size md5 md5_binary md5_hex md5_number_lower64 md5_number_upper64 minute mod month monthname
    months_between next_day nullif nullifzero nvl nvl2 object_construct object_construct_keep_null object_delete
    object_insert object_keys object_pick octet_length parse_ip parse_json parse_url parse_xml pi position pow power
    previous_day quarter radians reduce regexp regexp_count regexp_instr regexp_like regexp_replace regexp_substr
    regexp_substr_all regr_valx regr_valy repeat replace reverse right rlike round rpad rtrim rtrimmed_length second
    sha1 sha1_binary sha1_hex sha2 sha2_binary sha2_hex sign sin sinh soundex soundex_p123 space split split_part sqrt
    square startswith strip_null_value strtok strtok_to_array substr substring tan tanh time time_from_parts time_slice
    timeadd timediff timefromparts timestamp_from_parts timestamp_ltz_from_parts timestamp_ntz_from_parts
    timestamp_tz_from_parts timestampadd timestampdiff timestampfromparts timestampntzfromparts to_array to_binary
    to_boolean to_char to_date to_decfloat to_decimal to_double to_json to_number to_numeric to_object to_time
    to_timestamp to_timestamp_ltz to_timestamp_ntz to_timestamp_tz to_varchar to_variant to_xml transform translate
    trim trunc truncate try_base64_decode_binary try_base64_decode_string try_cast try_hex_decode_binary
    try_hex_decode_string try_parse_json try_to_binary try_to_boolean try_to_date try_to_decfloat try_to_decimal
    try_to_double try_to_number try_to_numeric try_to_time try_to_timestamp try_to_timestamp_ltz
    try_to_timestamp_ntz try_to_timestamp_tz typeof unicode upper vector_cosine_similarity vector_inner_product
    vector_l1_distance vector_l2_distance week weekiso weekofyear width_bucket xmlget year yearofweek yearofweekiso
    zeroifnull
    """,
    aggregate="""
    any_value approx_count_distinct approx_percentile approx_percentile_accumulate approx_percentile_combine
    approx_top_k approx_top_k_accumulate approx_top_k_combine approximate_jaccard_index approximate_similarity
    array_agg array_union_agg array_unique_agg avg bit_and_agg bit_or_agg bit_xor_agg bitand_agg bitmap_construct_agg
    bitmap_or_agg bitor_agg bitxor_agg booland_agg boolor_agg boolxor_agg corr count count_if covar_pop covar_samp
    grouping grouping_id hash_agg hll kurtosis listagg max max_by median min min_by minhash minhash_combine mode
    object_agg percentile_cont percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy skew stddev stddev_pop stddev_samp sum var_pop var_samp variance variance_pop
    variance_samp
    """,
    window="""
    conditional_change_event conditional_true_event cume_dist dense_rank first_value lag last_value lead nth_value
    ntile percent_rank rank ratio_to_report row_number
    """,
    rows="""
    flatten generator split_to_table strtok_split_to_table
    """,
)
