"""The functions a template may call in Helm.

Three sources: Go's `text/template`, the sprig library (3.3) without `env` and `expandenv`, and Helm's own
(`pkg/engine/funcs.go`, Helm 4.2). A test parses each with a real Helm, so none is listed that it lacks.
"""

from __future__ import annotations

_GO = "and call eq ge gt html index js le len lt ne not or print printf println slice urlquery"

_HELM = """
fail fromJson fromJsonArray fromToml fromYaml fromYamlArray include lookup mustToJson mustToToml mustToYaml
required toJson toToml toYaml toYamlPretty tpl
"""

_SPRIG = """
abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base
bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date
dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig
dir div divf duration durationRound empty encryptAES ext first float64 floor genCA genCAWithKey
genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get
getHostByName has hasKey hasPrefix hasSuffix hello htmlDate htmlDateInZone htpasswd indent initial initials
int int64 isAbs join kebabcase keys kindIs kindOf last list lower max maxf merge mergeOverwrite min minf mod
mul mulf mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst mustFromJson mustHas
mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll
mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice
mustToDate mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify nindent nospace now omit
osBase osClean osDir osExt osIsAbs pick pluck plural prepend push quote randAlpha randAlphaNum randAscii
randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll
regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver semverCompare seq set sha1sum
sha256sum sha512sum shuffle snakecase sortAlpha split splitList splitn squote sub subf substr swapcase
ternary title toDate toDecimal toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix trimSuffix
trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin
urlParse uuidv4 values without wrap wrapWith
"""

FUNCTIONS = frozenset(f"{_GO} {_HELM} {_SPRIG}".split())
