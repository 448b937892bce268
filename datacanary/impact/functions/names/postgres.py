"""PostgreSQL 18.4's functions, by `pg_proc`; written by `benchmarks/functions.py`."""

from __future__ import annotations

from datacanary.impact.functions.names.kind import by_name

KINDS = by_name(
    scalar="""
    abbrev abs acos acosd acosh age area array_append array_cat array_dims array_fill array_length array_lower
    array_ndims array_position array_positions array_prepend array_remove array_replace array_reverse array_sort
    array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh
    bit bit_count bit_length bool bound_box box bpchar broadcast btrim bytea cardinality casefold cash_words cbrt ceil
    ceiling center char char_length character_length chr cidr circle coalesce concat concat_ws convert convert_from
    convert_to cos cosd cosh cot cotd crc32 crc32c date date_add date_bin date_cmp_timestamp date_part date_subtract
    date_trunc datemultirange daterange decode degrees diagonal diameter div encode erf erfc exp extract factorial
    family float4 float8 floor format gamma gcd get_bit get_byte greatest height host hostmask in_range inet_merge
    inet_same_family initcap int2 int2int4_sum int4 int4multirange int4range int8 int8multirange int8range interval
    is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical json json_array
    json_array_length json_build_array json_build_object json_exists json_extract_path json_extract_path_text
    json_object json_query json_scalar json_serialize json_strip_nulls json_to_tsvector json_typeof json_value
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_extract_path jsonb_extract_path_text jsonb_insert
    jsonb_object jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query_array
    jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_pretty jsonb_set jsonb_set_lax
    jsonb_strip_nulls jsonb_to_tsvector jsonb_typeof justify_days justify_hours justify_interval lcm least left length
    lgamma like line ln log log10 lower lower_inf lpad lseg ltrim macaddr macaddr8 macaddr8_set7bit make_date
    make_interval make_time make_timestamp make_timestamptz masklen md5 min_scale mod money multirange name netmask
    network normalize notlike npoints nullif num_nonnulls num_nulls numeric numeric_div_trunc numeric_exp numeric_ln
    numeric_log numeric_sqrt nummultirange numnode numrange octet_length oid overlaps overlay parse_ident path pclose
    phraseto_tsquery pi plainto_tsquery point polygon popen position pow power querytree quote_ident quote_literal
    quote_nullable radians radius range_merge regexp_count regexp_instr regexp_like regexp_match regexp_replace
    regexp_split_to_array regexp_substr repeat replace reverse right round row row_to_json rpad rtrim scale set_bit
    set_byte set_masklen setweight sha224 sha256 sha384 sha512 sign sin sind sinh slope split_part sqrt starts_with
    string_to_array strip strpos substr substring tan tand tanh text textlen time timestamp timestamp_cmp_date
    timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_timestamp
    to_tsquery to_tsvector translate trim_array trim_scale trunc ts_delete ts_filter ts_headline ts_lexize ts_rank
    ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array txid_snapshot_xmax
    txid_snapshot_xmin txid_visible_in_snapshot unicode_assigned unistr upper upper_inf uuid_extract_timestamp varbit
    varchar websearch_to_tsquery width width_bucket xid xml xml_is_well_formed xml_is_well_formed_content
    xml_is_well_formed_document xmlcomment xmlconcat xmlconcat2 xmlelement xmlexists xmlforest xmlparse xmlroot xmltext
    xmlvalidate xpath xpath_exists
    """,
    aggregate="""
    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every grouping
    json_agg json_agg_strict json_arrayagg json_object_agg json_object_agg_strict json_object_agg_unique
    json_object_agg_unique_strict json_objectagg jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict
    jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode percentile_cont percentile_disc range_agg
    range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg
    """,
    window="""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    """,
    rows="""
    generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text
    json_object_keys jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys
    jsonb_path_query jsonb_path_query_tz regexp_matches regexp_split_to_table string_to_table ts_parse ts_token_type
    txid_snapshot_xip unnest
    """,
)
