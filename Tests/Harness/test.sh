#!/usr/bin/env bash
# Runs the tests beside one private cluster a version, all stopped again however the tests end.
#
#   test.sh VERSION ... [-- FLAG ...]     the flags are those of `swift test`
#
# Without a terminal it ends after PGTEND_TEST_LIMIT (60m), and says which tests had not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

versions=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    versions+=("$1")
    shift
done
[ $# = 0 ] || shift

Tests/Harness/packages.sh test
for version in "${versions[@]}"; do # before the build: what fails, fails early
    Tests/Harness/postgres.sh "$version" >/dev/null
done
mkdir -p .build/tmp # SwiftPM leaves empty folders in its TMPDIR
TMPDIR=$PWD/.build/tmp swift build --build-tests
export PGTEND_TEST_VERSIONS="${versions[*]}"
# All tests at once would be a hundred servers and programs on two cores, and every time limit would be the machine's.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-3}
# The binary itself, since `swift test` keeps back what a run that hangs has printed.
tests="$(swift build --show-bin-path)/pgtendPackageTests.xctest"
command=("$tests" --testing-library swift-testing "$@")
for version in "${versions[@]}"; do
    command=(Tests/Harness/cluster.sh "$version" -- "${command[@]}")
done
[ ! -t 1 ] || exec "${command[@]}"
# Nobody watches a run without a terminal: one that hangs ends by itself, and says what hung.
limit=${PGTEND_TEST_LIMIT:-60m}
command=(timeout --kill-after=60 "$limit" "${command[@]}")
log=.build/test.log
export NO_COLOR=1
"${command[@]}" 2>&1 | tee -i "$log" && exit
status=$?
# Without a terminal what failed is told once more: thousands of lines may have come after it, and a tail is all that
# many a CI shows.
echo "What failed (all of it: $log):"
grep -E -A 4 '^✘ .* recorded an issue|error: |Fatal error|\*\*\* ' "$log" | grep -vE '^(◇|✔|--)' | cut -c 1-600 | tail -n 60 || true
if [ "$status" = 124 ]; then
    echo "It was ended after $limit. What had begun and not ended:"
    awk '/^◇ Test .* started\.$/ && !/^◇ Test case / { sub(/^◇ Test /, ""); sub(/ started\.$/, ""); open[$0] }
        /^(✔|✘) Test .* (passed|failed) after / {
            sub(/^(✔|✘) Test /, ""); sub(/( with [0-9]+ test cases?)? (passed|failed) after .*/, ""); delete open[$0]
        }
        END { for (name in open) print "  " name }' "$log"
fi
exit "$status"
