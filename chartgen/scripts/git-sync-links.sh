#!/bin/sh
# Puts links to the files of a revision where a program looks for them. git-sync runs it after each revision.
#
#   LINKS_FOLDER   the folder of the repository whose files are wanted; empty for all of it
#   LINKS_TOP      the volume (/git), on which .git-sync/current is git-sync's link to the revision of now
#
# A link leads through git-sync's own, so all files change in the moment that one is swapped, and no link is written
# twice. Files that are new or gone follow at once. Names that begin with a dot are left out: they are git's.
# Needs ln mv readlink rm. Exit 1: there is no such folder in this revision; the links are as they were.
set -eu
top=${LINKS_TOP:-/git} now=.git-sync/current${LINKS_FOLDER:+/$LINKS_FOLDER}
cd "$top"
if ! [ -d "$now" ]; then
  echo "git-sync-links: revision ${GITSYNC_HASH:-of now} has no folder ${LINKS_FOLDER:-of its own}: see gitSync.*.folder" >&2
  exit 1
fi
for path in "$now"/*; do
  [ -e "$path" ] || [ -L "$path" ] || continue # an empty folder: the pattern itself
  name=${path##*/}
  [ "$(readlink -- "$name" || :)" != "$path" ] || continue
  ln -s -f -n -- "$path" .link
  mv -f -T -- .link "$name"
done
for name in *; do
  [ -L "$name" ] || continue
  if [ "$(readlink -- "$name")" != "$now/$name" ] || ! [ -e "$name" ]; then rm -f -- "$name"; fi
done
