#!/bin/sh
# Fetches Swagger UI at the version below, checks it, and puts what the docs page serves into the package.
set -eu

VERSION=5.35.0
HERE=$(cd "$(dirname "$0")/.." && pwd)
TARGET="$HERE/missing_service/api/static/swagger"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

cd "$WORK"
npm pack --silent "swagger-ui-dist@$VERSION" >/dev/null
tar -xzf "swagger-ui-dist-$VERSION.tgz"
grep -q "\"version\": \"$VERSION\"" package/package.json
mkdir -p "$TARGET"
for file in swagger-ui.css swagger-ui-bundle.js; do
    # Source maps are not shipped: without the line that names them no browser asks.
    sed '/^\/[/*]# sourceMappingURL=/d' "package/$file" >"$TARGET/$file"
done
cp package/LICENSE "$TARGET/LICENSE.txt"
cp package/NOTICE "$TARGET/NOTICE.txt"
if grep -lE '(src|href)="https?://|@import|url\(["'\'']?https?:' "$TARGET/swagger-ui.css"; then
    echo "The style sheet asks another host: mend this script." >&2
    exit 1
fi
echo "swagger-ui-dist $VERSION is in $TARGET"
