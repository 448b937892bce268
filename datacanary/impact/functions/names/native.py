"""The classes of sqlglot of a dialect's own functions, by key; written by `benchmarks/functions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from datacanary.impact.functions.names.kind import words

NATIVE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "bigquery": words("""
            abs acos acosh anyvalue approxdistinct approxquantiles approxtopk approxtopsum argmax argmin arrayagg
            arrayconcat arrayconcatagg arrayfirst arraylast arrayreverse arraysize arrayslice arraytostring ascii asin
            asinh atan atan2 atanh avg bitwiseandagg bitwisecount bitwiseoragg bitwisexoragg bytelength cbrt ceil chr
            coalesce codepointstobytes codepointstostring collate concat contains corr cos cosh cosinedistance cot coth
            count countif covarpop covarsamp csc csch cumedist date datediff datefromparts datefromunixdate datetime
            datetimediff datetimetrunc datetrunc denserank endswith euclideandistance exp farmfingerprint firstvalue
            float64 floor format frombase32 frombase64 generatedatearray generateseries generatetimestamparray greatest
            groupconcat grouping host if initcap int64 isinf isnan jsonarray jsonarrayappend jsonarrayinsert jsonbool
            jsonextract jsonextractarray jsonextractscalar jsonformat jsonkeysatdepth jsonobject jsonremove jsonset
            jsonstripnulls jsontype jsonvaluearray justifydays justifyhours justifyinterval lag lastday lastvalue
            laxbool laxfloat64 laxint64 laxstring lead least left length levenshtein ln log logicaland logicalor lower
            lowerhex makeinterval max md5digest min netfunc normalize nthvalue ntile nullif pad parsebignumeric
            parsedatetime parsejson parsenumeric parsetime percentilecont percentiledisc percentrank pow rangebucket
            rank regdomain regexpextract regexpextractall regexpinstr regexplike regexpreplace repeat replace reverse
            right round rownumber safeadd safeconvertbytestostring safedivide safemultiply safenegate safesubtract sec
            sech sha1digest sha2digest sign sin sinh soundex split sqrt startswith stddev stddevpop stddevsamp string
            strposition strtodate strtotime substring sum tan tanh time timediff timefromparts timestamp timestampdiff
            timestampfromparts timestamptrunc timetostr timetrunc tobase32 tobase64 tocodepoints translate trim trunc
            tsordstodate tsordstodatetime tsordstotime tsordstotimestamp unhex unicode unixdate unixmicros unixmillis
            unixseconds unixtotime unnest upper variance variancepop
        """),
        "databricks": words("""
            _explodeouter abs acos acosh addmonths anyvalue approxdistinct approxquantile argmax argmin array arrayagg
            arrayappend arraycompact arraycontains arraydistinct arrayexcept arrayfilter arrayinsert arrayintersect
            arraymax arraymin arrayposition arrayprepend arrayremove arraysize arrayslice arraysort arrayszip
            arraytostring arrayuniqueagg ascii asin asinh atan atan2 atanh avg bitlength bitmapbitposition
            bitmapbucketnumber bitmapconstructagg bitmapcount bitmaporagg bitwiseandagg bitwisecount bitwiseoragg
            bitwisexoragg cast cbrt ceil chr coalesce concat concatws contains converttimezone corr cos cosh cot count
            countif covarpop covarsamp csc cumedist currenttimestamp datediff datefromunixdate datetrunc day dayname
            dayofmonth dayofweek dayofyear decode decodecase degrees denserank elt encode endswith equalnull exists exp
            explode extract factorial first firstvalue flatten floor format frombase64 fromjson generateseries getbit
            greatest groupconcat grouping groupingid hex hour if initcap inline isnan jsonextractscalar jsonformat
            jsonkeys kurtosis lag last lastday lastvalue lead least left length levenshtein ln log logicaland logicalor
            lower makeinterval map mapcontainskey mapfromentries mapkeys max md5 median min minute mode month monthname
            monthsbetween nanvl negative nextday nthvalue ntile nullif nvl2 overlay pad parsejson parseurl
            percentilecont percentiledisc percentrank pi posexplode posexplodeouter pow quantile quarter radians rank
            reduce regexpcount regexpextract regexpextractall regexpinstr regexplike regexpreplace regexpsplit
            regexpsubstr regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy regrsyy repeat
            replace reverse right rint round rownumber safeadd safedivide safemultiply safesubtract sec second sha sha2
            sign sin sinh skewness soundex space splitpart sqrt stack startswith stddev stddevpop stddevsamp
            strposition strtomap strtotime strtounix struct substring substringindex sum tan tanh timestampadd
            timestampdiff timestampfromparts timestamptrunc timestrtotime timetostr tobase64 tobinary tochar tonumber
            transform translate trim tsordsadd tsordstodate typeof unhex unixdate unixmicros unixmillis unixseconds
            unixtostr upper variance variancepop varmap weekofyear widthbucket year
        """),
        "duckdb": words("""
            abs acos acosh anyvalue approxdistinct approxquantile approxtopk argmax argmin array arrayagg arrayappend
            arrayconcat arraycontains arraycontainsall arraydistinct arrayfilter arrayintersect arraymax arraymin
            arrayoverlaps arrayposition arrayprepend arrayreverse arraysize arrayslice arraysort arraytostring ascii
            asin asinh atan atan2 atanh avg bitlength bitwiseandagg bitwiseoragg bitwisexoragg cbrt ceil chr coalesce
            concat concatws contains corr cos cosh cosinedistance cot count countif covarpop covarsamp cumedist dateadd
            datebin datediff datefromparts day dayname dayofmonth dayofweek dayofweekiso dayofyear decode degrees
            denserank encode endswith euclideandistance exp explode factorial first firstvalue flatten floor format
            frombase64 fromjson generateseries getbit greatest groupconcat grouping groupingid hex hour if isinf isnan
            jarowinklersimilarity jsonarray jsonextract jsonextractscalar jsonkeys jsonobject jsonremove jsonset
            jsonstripnulls jsontype kurtosis lag last lastday lastvalue lead least left length levenshtein ln log
            logicaland logicalor lower map mapfromentries mapkeys max md5 median min minute mode month monthname
            nthvalue ntile nullif overlay pad parsejson percentilecont percentiledisc percentrank pi pow quantile
            quarter radians rank reduce regexpextract regexpextractall regexpfullmatch regexplike regexpreplace
            regexpsplit regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy regrsyy repeat
            replace reverse right round rownumber second sha sha2 sign sin sinh skewness split splitpart sqrt
            startswith stddev stddevpop stddevsamp strposition strtotime struct structextract substring sum tan tanh
            timefromparts timestampfromparts timestamptrunc timetostr timetounix tobase64 tobinary todays transform
            translate trim trunc try typeof unhex unicode unixtotime upper variance variancepop week weekofyear year
        """),
        "postgres": words("""
            abs acos acosh anyvalue arrayagg arrayappend arrayconcat arrayposition arrayprepend arrayremove
            arrayreverse arraysize arraysort arraytostring ascii asin asinh atan atan2 atanh avg bitlength
            bitwiseandagg bitwiseoragg bitwisexoragg cast cbrt ceil chr coalesce concat concatws corr cos cosh cot
            count covarpop covarsamp cumedist date dateadd datebin decode decodecase degrees denserank encode exp
            explode explodinggenerateseries extract factorial firstvalue floor format getbit greatest groupconcat
            grouping hex host initcap jsonarrayagg jsonbobjectagg jsonextract jsonextractscalar jsonobject
            jsonobjectagg jsonstripnulls justifydays justifyhours justifyinterval lag lastvalue lead least left length
            ln log logicaland logicalor lower makeinterval max md5 min mode normalize nthvalue ntile nullif overlay pad
            percentilecont percentiledisc percentrank pi pow radians rank regexpcount regexpinstr regexplike
            regexpreplace regexpsubstr regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy
            regrsyy repeat replace reverse right round rownumber sha2digest sign sin sinh splitpart sqrt startswith
            stddev stddevpop stddevsamp stringtoarray strposition strtodate strtotime substring sum tan tanh time
            timefromparts timestamp timestampfromparts timestamptrunc timetostr tonumber translate trim trunc
            unixtotime upper variance variancepop widthbucket xmlelement
        """),
        "redshift": words("""
            abs acos anyvalue array arrayagg arrayconcat arraycontains arraydistinct arrayexcept arrayintersect
            arrayposition arraysort arraytostring ascii asin atan atan2 avg bitwiseandagg bitwiseoragg cbrt ceil chr
            coalesce collate concat converttimezone cos cot count cumedist decode decodecase degrees denserank exp
            explode explodinggenerateseries extract farmfingerprint firstvalue floor frombase greatest groupconcat
            grouping groupingid initcap isarray jsonextractscalar lag lastday lastvalue lead least left length ln log
            logicaland logicalor lower lowerhex max md5 median min monthsbetween nextday nthvalue ntile nullif nvl2
            objecttransform pad parsejson percentilecont percentiledisc percentrank pi pow radians rank regexpcount
            regexpextract regexpinstr regexpreplace repeat replace reverse right round rownumber sha sha2 sign sin
            soundex splitpart sqrt stddev stddevpop stddevsamp stringtoarray strposition strtodate strtotime substring
            sum tan timestamptrunc timetostr tonumber translate trim trunc tsordsadd tsordsdiff unixtotime upper
            variance variancepop
        """),
        "snowflake": words("""
            abs acos acosh addmonths and anyvalue approxdistinct approximatesimilarity approxpercentileaccumulate
            approxpercentilecombine approxquantile approxtopk approxtopkaccumulate approxtopkcombine argmax argmin
            array arrayagg arrayappend arraycompact arrayconcat arrayconstructcompact arraycontains arraydistinct
            arrayexcept arrayfilter arrayinsert arrayintersect arraymax arraymin arrayoverlaps arrayposition
            arrayprepend arrayremove arrayremoveat arrayreverse arraysize arrayslice arraysort arrayszip arraytostring
            arrayunionagg arrayuniqueagg ascii asin asinh atan atan2 atanh avg base64decodebinary base64decodestring
            base64encode bitlength bitmapbitposition bitmapbucketnumber bitmapconstructagg bitmapcount bitmaporagg
            bitwiseandagg bitwiseoragg bitwisexoragg booland boolnot boolor boolxoragg bytelength cbrt ceil checkjson
            checkxml chr coalesce collate collation compress concat concatws contains converttimezone corr cos cosh
            cosinedistance cot count countif covarpop covarsamp cumedist dateadd datediff datefromparts day dayname
            dayofmonth dayofweek dayofweekiso dayofyear decode decodecase decompressbinary decompressstring degrees
            denserank dotproduct endswith equalnull euclideandistance exp explode extract factorial firstvalue flatten
            floor generateseries generator getbit getextract getignorecase greatest groupconcat grouping groupingid
            hashagg hex hexdecodestring hll hour if initcap isarray isnullvalue jarowinklersimilarity jsonextract
            jsonextractscalar jsonformat jsonkeys jsonobject kurtosis lag lastday lastvalue lead least left length
            levenshtein ln log logicaland logicalor lower manhattandistance mapcat mapcontainskey mapdelete mapinsert
            mapkeys mappick mapsize max md5 md5digest md5numberlower64 md5numberupper64 median min minhash
            minhashcombine minute mode month monthname monthsbetween nextday nthvalue ntile nullif nvl2 objectagg
            objectinsert or pad parseip parsejson parseurl percentilecont percentiledisc percentrank pi pow previousday
            quarter radians rank reduce regexpcount regexpextract regexpextractall regexpinstr regexplike regexpreplace
            regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy regrsyy regrvalx regrvaly repeat
            replace reverse right round rownumber rtrimmedlength second sha sha1digest sha2 sha2digest sign sin sinh
            skewness soundex soundexp123 space split splitpart splittotable sqrt startswith stddev stddevpop
            stripnullvalue strposition strtok strtoksplittotable strtoktoarray strtotime struct stuff substring sum tan
            tanh time timeadd timefromparts timeslice timestampfromparts timestampltzfromparts timestamptrunc
            timestamptzfromparts toarray tobinary toboolean tochar todecfloat todouble tonumber tovariant transform
            translate trim trunc trybase64decodebinary trybase64decodestring tryhexdecodebinary tryhexdecodestring
            trytodecfloat tsordstodate tsordstotime typeof unhex unicode upper variance variancepop week weekofyear
            widthbucket xmlget xor year yearofweek yearofweekiso
        """),
        "spark": words("""
            _explodeouter abs acos acosh addmonths anyvalue approxdistinct approxquantile argmax argmin array arrayagg
            arrayappend arraycompact arraycontains arraydistinct arrayexcept arrayfilter arrayinsert arrayintersect
            arraymax arraymin arrayposition arrayprepend arrayremove arraysize arrayslice arraysort arrayszip
            arraytostring arrayuniqueagg ascii asin asinh atan atan2 atanh avg bitlength bitmapbitposition
            bitmapbucketnumber bitmapconstructagg bitmapcount bitmaporagg bitwiseandagg bitwisecount bitwiseoragg
            bitwisexoragg cast cbrt ceil chr coalesce concat concatws contains converttimezone corr cos cosh cot count
            countif covarpop covarsamp csc cumedist currenttimestamp datediff datefromunixdate datetrunc day dayname
            dayofmonth dayofweek dayofyear decode decodecase degrees denserank elt encode endswith equalnull exists exp
            explode extract factorial first firstvalue flatten floor format frombase64 fromjson generateseries getbit
            greatest groupconcat grouping groupingid hex hour if initcap inline isnan jsonextractscalar jsonformat
            jsonkeys kurtosis lag last lastday lastvalue lead least left length levenshtein ln log logicaland logicalor
            lower makeinterval map mapcontainskey mapfromentries mapkeys max md5 median min minute mode month monthname
            monthsbetween nanvl negative nextday nthvalue ntile nullif nvl2 overlay pad parsejson parseurl
            percentilecont percentiledisc percentrank pi posexplode posexplodeouter pow quantile quarter radians rank
            reduce regexpcount regexpextract regexpextractall regexpinstr regexplike regexpreplace regexpsplit
            regexpsubstr regravgx regravgy regrcount regrintercept regrr2 regrslope regrsxx regrsxy regrsyy repeat
            replace reverse right rint round rownumber safeadd safedivide safemultiply safesubtract sec second sha sha2
            sign sin sinh skewness soundex space splitpart sqrt stack startswith stddev stddevpop stddevsamp
            strposition strtomap strtotime strtounix struct substring substringindex sum tan tanh timestampadd
            timestampdiff timestampfromparts timestamptrunc timestrtotime timetostr tobase64 tobinary tochar tonumber
            transform translate trim tsordsadd tsordstodate typeof unhex unixdate unixmicros unixmillis unixseconds
            unixtostr upper variance variancepop varmap weekofyear widthbucket year
        """),
        "trino": words("""
            abs acos anyvalue approxdistinct approxquantile argmax argmin arrayagg arraycontains arraydistinct
            arrayexcept arrayfilter arrayfirst arrayintersect arraylast arraymax arraymin arrayposition arrayremove
            arraysize arrayslice arraysort arraytostring asin atan atan2 avg bitwiseandagg bitwiseoragg bitwisexoragg
            cbrt ceil chr coalesce concat concatws corr cos cosh cosinedistance count countif covarpop covarsamp
            cumedist date dateadd datediff day dayofmonth dayofweekiso dayofyear decode degrees denserank dotproduct
            encode euclideandistance exp extract firstvalue flatten floor format frombase frombase32 frombase64
            fromiso8601date fromiso8601timestamp fromiso8601timestampnanos generateseries greatest groupconcat grouping
            hex hour if isnan jsonarraycontains jsonextract jsonextractscalar jsonformat jsonobject kurtosis lag
            lastday lastvalue lead least length levenshtein ln log logicaland logicalor lower map mapfromentries
            mapkeys max md5digest min minute month normalize nthvalue ntile nullif pad parsedatetime parsejson
            percentrank pi pow quarter radians rank reduce regexpcount regexpextract regexpextractall regexplike
            regexpreplace regexpsplit regrintercept regrslope repeat replace reverse round rownumber second sha
            sha2digest sign sin sinh skewness soundex split splitpart sqrt startswith stddev stddevpop stddevsamp
            strposition strtomap strtotime struct substring sum tan tanh timestamptrunc timetostr timetounix tobase32
            tobase64 transform translate trim trunc try typeof unhex unixtotime unnest upper variance variancepop
            weekofyear widthbucket year yearofweek
        """),
    }
)
