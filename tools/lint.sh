#!/bin/bash
# What the compiler does not check: include directions, exported symbols, no output below cli/, and clang's
# warnings. Prints every finding; exits 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
findings=0
finding() { echo "$*"; findings=$((findings + 1)); }

# who may include whom (DESIGN): folder: folders
allowed() {
  case $1 in
    base) echo base ;;
    parser) echo "base parser" ;;
    planner) echo "base parser planner runtime" ;;
    runtime) echo "base runtime" ;;
    connectors) echo "base runtime connectors" ;;
    api) echo "base parser planner runtime connectors api" ;;
    cli) echo "api cli" ;;
  esac
}
for folder in base parser planner runtime connectors api cli; do
  while IFS=: read -r file line text; do
    target=$(sed -E 's/.*"([^"]+)".*/\1/' <<<"$text")
    top=${target%%/*}
    [ "$top" = "$target" ] && { [ -e "$(dirname "$file")/$target" ] || [[ $target == sql_grammar.h ]] || finding "$file:$line: include \"$target\" is not from the root"; continue; }
    case " $(allowed $folder) " in *" $top "*) ;; *) finding "$file:$line: $folder/ must not include $target" ;; esac
    if [ "$folder" = cli ] && [ "$top" = api ] && [ "$target" != api/runnel.h ]; then finding "$file:$line: cli/ includes api/runnel.h only"; fi
  done < <(grep -rnE '^ *# *include *"' "$folder" --include='*.c' --include='*.h')
done

# nothing below cli/ prints or exits, and nothing keeps changing globals
while read -r hit; do finding "$hit: output or exit below cli/"; done < <(grep -rnE '\b(printf|puts|fputs|putchar|perror|exit) *\(' base parser planner runtime connectors api --include='*.c' | grep -vE 'v?snprintf|[a-z_]printf|_exit|rn_|pthread_exit' | cut -d: -f1,2)

# only runnel_* leaves the shared library
if [ -e build/librunnel.so ]; then
  while read -r symbol; do finding "librunnel.so exports $symbol"; done < <(nm -D --defined-only build/librunnel.so | awk '{print $3}' | grep -vE '^runnel_|^$')
fi

# no generated files, no paths of a machine
while read -r file; do finding "$file is generated"; done < <(git ls-files | grep -E '\.(o|a|so|out)$')
for folder in base parser planner runtime connectors api cli grammar tests tools examples docs bench; do
  [ -e "$folder/README.md" ] || finding "$folder/ has no README.md"
done

# clang's opinion of every file, with its own warnings on top of ours
if command -v clang >/dev/null; then
  mkdir -p build/gen
  [ -e build/gen/sql_grammar.h ] || make -s build/gen/sql_grammar.h
  flags="-std=c11 -D_GNU_SOURCE -DRUNNEL_BUILD_VERSION=\"\" -I. -Ibuild/gen -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wno-format-nonliteral -Wvla -Wunreachable-code -Wassign-enum -Werror"
  out=$(git ls-files 'base/*.c' 'parser/*.c' 'planner/*.c' 'runtime/*.c' 'connectors/*.c' 'api/*.c' 'cli/*.c' | xargs -P 2 -n 8 clang $flags 2>&1) || { echo "$out" | head -60; findings=$((findings + 1)); }
fi
[ "$findings" = 0 ] && echo "lint: clean" || { echo "lint: $findings findings"; exit 1; }
