"""What the functions do that sqlglot has a class for, by the class's key: for every dialect that has the function."""

from __future__ import annotations

from types import MappingProxyType

from datacanary.impact.functions.names.kind import by_name, words

CLASSES = by_name(
    # One value for one row's arguments, and the same one each time.
    scalar="""
    abs acos acosh addmonths and approxpercentileestimate approxtopkestimate array arrayall arrayany arrayappend
    arraycompact arrayconcat arrayconstructcompact arraycontainedby arraycontains arraycontainsall arraydistinct
    arrayexcept arrayfilter arrayfirst arrayinsert arrayintersect arraylast arraymax arraymin arrayoverlaps
    arrayposition arrayprepend arrayremove arrayremoveat arrayreverse arraysize arrayslice arraysort arraysum arrayszip
    arraytostring ascii asin asinh atan atan2 atanh base64decodebinary base64decodestring base64encode bitlength
    bitmapbitposition bitmapbucketnumber bitmapcount bitwisecount booland boolnot boolor bytelength case cast
    casttostrtype cbrt ceil checkjson checkxml chr cityhash64 coalesce codepointstobytes codepointstostring collate
    collation compress concat concatws contains convert converttimezone converttocharset cos cosh cosinedistance cot
    coth csc csch date dateadd datebin datediff datefromparts datefromunixdate datestrtodate datesub datetime
    datetimeadd datetimediff datetimesub datetimetrunc datetodatestr datetodi datetrunc day dayname dayofmonth
    dayofweek dayofweekiso dayofyear decode decodecase decompressbinary decompressstring decrypt decryptraw degrees
    ditodate dotproduct elt encode endswith equalnull euclideandistance exists exp extract factorial farmfingerprint
    float64 floor format frombase frombase32 frombase64 fromiso8601date fromiso8601timestamp fromiso8601timestampnanos
    fromjson generatedatearray generatetimestamparray getbit getextract getignorecase greatest hex hexdecodestring host
    hour if initcap int64 isarray isascii isinf isnan isnullvalue jarowinklersimilarity jsonarray jsonarrayappend
    jsonarraycontains jsonarrayinsert jsonbcontains jsonbcontainsalltopkeys jsonbcontainsanytopkeys jsonbcontainstopkey
    jsonbdeleteatpath jsonbexists jsonbextract jsonbextractscalar jsonbool jsonbpathexists jsoncast jsonexists
    jsonextract jsonextractarray jsonextractscalar jsonformat jsonkeys jsonkeysatdepth jsonobject jsonremove jsonset
    jsonstripnulls jsontype jsonvaluearray justifydays justifyhours justifyinterval lastday laxbool laxfloat64 laxint64
    laxstring least left length levenshtein ln log lower lowerhex makeinterval manhattandistance map mapcat
    mapcontainskey mapdelete mapfromentries mapinsert mapkeys mappick mapsize md5 md5digest md5numberlower64
    md5numberupper64 minute month monthname monthsbetween nanvl negative netfunc nextday normalize nullif numbertostr
    nvl2 objectinsert objecttransform or overlay pad parsebignumeric parsedatetime parseip parsejson parsenumeric
    parsetime parseurl pi pow previousday quarter radians rangebucket rangen reduce regdomain regexpcount regexpextract
    regexpextractall regexpfullmatch regexpilike regexpinstr regexplike regexpreplace regexpsplit regexpsubstr regrvalx
    regrvaly repeat replace reverse right rint round rtrimmedlength safeadd safeconvertbytestostring safedivide
    safefunc safemultiply safenegate safesubtract search searchip sec sech second sha sha1digest sha2 sha2digest sign
    sin sinh soundex soundexp123 space split splitpart sqrt standardhash starmap startswith stdistance stpoint string
    stringtoarray stripnullvalue strposition strtodate strtok strtoktoarray strtomap strtotime strtounix struct
    structextract stuff substring substringindex tan tanh time timeadd timediff timefromparts timeslice timestamp
    timestampadd timestampdiff timestampfromparts timestampltzfromparts timestampsub timestamptrunc
    timestamptzfromparts timestrtodate timestrtotime timestrtounix timesub timetostr timetotimestr timetounix timetrunc
    toarray tobase32 tobase64 tobinary toboolean tochar tocodepoints todays todecfloat todouble tomap tonumber
    tovariant transform translate trim trunc try trybase64decodebinary trybase64decodestring trycast tryhexdecodebinary
    tryhexdecodestring trytodecfloat tsorditodi tsordsadd tsordsdiff tsordstodate tsordstodatestr tsordstodatetime
    tsordstotime tsordstotimestamp typeof unhex unicode unixdate unixmicros unixmillis unixseconds unixtostr unixtotime
    unixtotimestr upper varmap week weekofyear weightstring widthbucket xmlelement xmlget xor year yearofweek
    yearofweekiso
    """,
    # One value for many rows; GROUPING too has one value for a group.
    aggregate="""
    anyvalue approxdistinct approximatesimilarity approxpercentileaccumulate approxpercentilecombine approxquantile
    approxquantiles approxtopk approxtopkaccumulate approxtopkcombine approxtopsum argmax argmin arrayagg
    arrayconcatagg arrayunionagg arrayuniqueagg avg bitmapconstructagg bitmaporagg bitwiseandagg bitwiseoragg
    bitwisexoragg boolxoragg corr count countif covarpop covarsamp first groupconcat grouping groupingid hashagg hll
    jsonarrayagg jsonbobjectagg jsonobjectagg kurtosis last logicaland logicalor max median min minhash minhashcombine
    mode objectagg percentilecont percentiledisc quantile regravgx regravgy regrcount regrintercept regrr2 regrslope
    regrsxx regrsxy regrsyy skewness stddev stddevpop stddevsamp sum variance variancepop
    """,
    # They stand before OVER; before WITHIN GROUP they are aggregates.
    window="""
    cumedist denserank firstvalue lag lastvalue lead nthvalue ntile percentrank rank rownumber
    """,
    # They make several rows of one.
    rows="""
    _explodeouter explode explodinggenerateseries flatten generateseries generator inline jsontable openjson posexplode
    posexplodeouter splittotable stack strtoksplittotable unnest xmltable
    """,
    # They ask a model, read a file, take names from texts, or belong to no dialect that is known here.
    unknown="""
    agg aggfunc aiagg aiclassify aiembed aiforecast aigenerate aisimilarity aisummarizeagg anonymous anonymousaggfunc
    apply columns combinedaggfunc combinedparameterizedagg connectbyroot dynamicidentifier encrypt encryptraw
    featuresattime gapfill generatebool generatedouble generateembedding generateint generatetable generatetext list
    matchagainst mlforecast mltranslate parameterizedagg predict readcsv readparquet tofile vectorsearch weekstart
    """,
)
"""What does not give another value next time: that is in `unstable`."""

SCALAR_IN: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "flatten": frozenset({"duckdb", "spark", "databricks", "trino", "snowflake"}),
        "generateseries": frozenset({"duckdb", "spark", "databricks", "trino", "bigquery", "snowflake"}),
    }
)
"""Where a class that makes rows makes or flattens a list instead, unless it stands in FROM."""

AGGREGATE_IN: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {"firstvalue": frozenset({"spark", "databricks"}), "lastvalue": frozenset({"spark", "databricks"})}
)
"""Where a window function needs no OVER."""

SYNTAX = words("""
    and array case cast coalesce collate exists extract if jsoncast map netfunc nullif or safefunc struct tomap try
    trycast unnest xor
    """)
"""What dialects write with words and signs of their own: it is no name that somebody can give to a function."""

WORDS = words("""
    any array case cast ceil collate convert current exists extract filter floor grouping interval map overlay
    percentile_cont percentile_disc position row struct substring trim try_cast unnest
    """)
"""Names that stand before parentheses by the grammar of SQL, in whatever list of functions they are."""
