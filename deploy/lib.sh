# shellcheck shell=bash
# lib.sh — what deploy/setup and tests/run share: packages from apt, libraries into subprojects/.
#
# Sourced with the repository's root as working directory, under set -euo pipefail.

# Debian's own copies of the sources the wraps name; equal in content, not always in bytes.
HIREDIS_DEBIAN_SHA256=82ad632d31ee05da13b537c124f819eb88e18851d9cb0c30ae0552084811588c
YYJSON_DEBIAN_SHA256=ae6fde69a193e10afab426ef13f113d6903446405f9db9ee98bfb572bd6c961a
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

PROBE_SECONDS=4       # upstream answers by then, or counts as out of reach
DOWNLOAD_SECONDS=120  # for one library

# name in subprojects/, pkg-config name, least version, package that has it
LIBRARIES=(
	'hiredis hiredis 1.2.0 libhiredis-dev'
	'yyjson yyjson 0.8.0 libyyjson-dev'
	'llhttp libllhttp 9.2 libllhttp-dev'
)

say()
{
	printf '%s: %s\n' "${SCRIPT_NAME:-setup}" "$*"
}

die()
{
	say "$*" >&2
	exit 1
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root and there is no sudo; run as root: $*"
	fi
}

have_apt()
{
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

# Prints those of the given packages that are not installed. "command:package" asks for a command on
# PATH instead, whoever brought it.
apt_missing()
{
	local wanted installed

	installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')
	for wanted in "$@"; do
		case $wanted in
		*:*) command -v "${wanted%%:*}" >/dev/null || echo "${wanted#*:}" ;;
		*) grep -qxF -- "$wanted" <<<"$installed" || echo "$wanted" ;;
		esac
	done
}

apt_updated=no
apt_update_once()
{
	[ "$apt_updated" = no ] || return 0
	apt_updated=yes
	say 'apt: refreshing the package lists'
	# One broken third-party entry fails the whole update; whether it mattered shows at install.
	as_root apt-get update -qq || say 'apt: not every package list could be refreshed; going on'
}

# Installs what is missing of the given packages (forms as in apt_missing); silent when nothing is.
apt_install()
{
	local -a missing

	have_apt || return 0
	mapfile -t missing < <(apt_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	apt_update_once
	say "apt: installing ${missing[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
		die "apt could not install: ${missing[*]}"
}

# apt_offers PACKAGE VERSION: would apt install that package at that version or later?
apt_offers()
{
	local candidate

	have_apt || return 1
	candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
	[ -n "$candidate" ] && [ "$candidate" != '(none)' ] &&
		dpkg --compare-versions "$candidate" ge "$2"
}

wrap_value()
{
	sed -n "s/^$2 *= *//p" "subprojects/$1.wrap"
}

wrap_directory()
{
	echo "subprojects/$(wrap_value "$1" directory)"
}

# Our meson.build over the library's sources; again whenever ours has changed since.
apply_packagefiles()
{
	local from=subprojects/packagefiles/$1 to file

	to=$(wrap_directory "$1")
	while IFS= read -r file; do
		cmp -s "$from/$file" "$to/$file" && continue
		mkdir -p "$to/$(dirname "$file")"
		cp "$from/$file" "$to/$file"
	done < <(cd "$from" && find . -type f)
}

upstream_reachable()
{
	timeout "$PROBE_SECONDS" python3 - "$1" "$PROBE_SECONDS" 2>/dev/null <<-'PROBE'
		import sys, urllib.request
		request = urllib.request.Request(sys.argv[1], method="HEAD")
		urllib.request.urlopen(request, timeout=int(sys.argv[2]))
	PROBE
}

fetch_upstream()
{
	timeout "$DOWNLOAD_SECONDS" meson subprojects download "$1" >/dev/null 2>&1 &&
		[ -f "$(wrap_directory "$1")/meson.build" ]
}

# Prints the mirrors of Debian this machine's apt already uses, likeliest first. An entry counts if it
# carries a suite of Debian's and the component main: third parties may look the same, but fail later at the
# signature, and the next one is tried.
debian_mirrors()
{
	local codename etc=

	eval "$(apt-config shell etc Dir::Etc/d)"
	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	{
		find "${etc:-/etc/apt}" -maxdepth 2 -name '*.list' -type f \
			-exec sed -E 's/#.*//; s/\[[^]]*\]//' {} + |
			awk '$1 == "deb" || $1 == "deb-src" {
				for (i = 4; i <= NF; i++)
					print $2, $3, $i
			}'
		find "${etc:-/etc/apt}" -maxdepth 2 -name '*.sources' -type f \
			-exec sh -c 'for f; do cat "$f"; echo; done' sh {} + |
			awk '
			function flush(  u, s, c, i, j, k, nu, ns, nc)
			{
				nu = split(v["uris"], u, " "); ns = split(v["suites"], s, " ")
				nc = split(v["components"], c, " ")
				if (tolower(v["enabled"]) !~ /no|false/)
					for (i = 1; i <= nu; i++) for (j = 1; j <= ns; j++)
						for (k = 1; k <= nc; k++) print u[i], s[j], c[k]
				split("", v)
			}
			/^#/ { next }
			/^[ \t]*$/ { flush(); next }
			/^[ \t]/ { v[field] = v[field] " " $0; next }
			{ p = index($0, ":"); field = tolower(substr($0, 1, p - 1)); v[field] = substr($0, p + 1) }
			END { flush() }'
	} | awk -v codename="$codename" '
		$3 != "main" || $1 ~ /^cdrom:/ { next }
		$2 == codename || $2 ~ /^(sid|unstable|testing|stable|oldstable)$/ {
			sub(/\/+$/, "", $1)
			print ($1 ~ /\/debian$/ ? 0 : 1), $1
		}' | sort -u | cut -d' ' -f2-
}

# Writes an apt configuration that touches nothing of the system's: own sources, lists, cache and pins.
# Proxies and credentials stay the machine's; hooks meant for the system's lists do not run.
write_apt_conf()
{
	local dir=$1 mirror=$2 options

	options="signed-by=$DEBIAN_KEYRING arch=$(dpkg --print-architecture)"
	mkdir -p "$dir"/{parts,files,lists/partial,cache/archives/partial}
	cat >"$dir/sources.list" <<-SOURCES
		deb-src [$options] $mirror trixie main
		deb [$options] $mirror unstable main
	SOURCES
	cat >"$dir/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "$dir/parts";
		Dir::Etc::preferences "$dir/preferences";
		Dir::Etc::preferencesparts "$dir/parts";
		Dir::State "$dir";
		Dir::State::lists "$dir/lists";
		Dir::State::status "/var/lib/dpkg/status";
		Dir::Cache "$dir/cache";
		Dir::Cache::archives "$dir/cache/archives";
		Acquire::Languages "none";
		APT::Update::Error-Mode "any";
		Acquire::http::Timeout "20";
		Acquire::https::Timeout "20";
		#clear APT::Default-Release;
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	CONF
	# apt downloads as its own unprivileged user where it is started by root.
	chmod 755 "$dir"
	if [ "$(id -u)" -eq 0 ] && id _apt >/dev/null 2>&1; then
		chown -R _apt "$dir/files" "$dir/lists" "$dir/cache"
	fi
}

# Whatever cannot be had shows when it is unpacked: apt calls a package failed whose tarball came but whose
# packaging files, which nobody needs here, did not.
debian_download()
{
	local dir=$1 name

	shift
	for name in "$@"; do
		case $name in
		llhttp) set -- download libllhttp-source ;;
		*) set -- source --download-only --tar-only "$name" ;;
		esac
		(cd "$dir/files" && apt-get -c "$dir/apt.conf" -qq "$@") >>"$dir/log" 2>&1 || true
	done
}

# debian_unpack DIR NAME INTO: the library's sources into INTO, which exists and is empty.
debian_unpack()
{
	local files=$1/files name=$2 into=$3

	case $name in
	hiredis)
		echo "$HIREDIS_DEBIAN_SHA256  $files/hiredis_1.2.0.orig.tar.gz" | sha256sum --check --status &&
			tar -xf "$files/hiredis_1.2.0.orig.tar.gz" -C "$into" --strip-components=1
		;;
	yyjson)
		echo "$YYJSON_DEBIAN_SHA256  $files/yyjson_0.10.0+ds.orig.tar.xz" | sha256sum --check --status &&
			tar -xf "$files/yyjson_0.10.0+ds.orig.tar.xz" -C "$into" --strip-components=1
		;;
	llhttp)
		# No sum of ours: unstable moves, and apt has checked this very file against the archive's signature.
		mkdir "$files/llhttp" &&
			dpkg-deb -x "$files"/libllhttp-source_*.deb "$files/llhttp" &&
			cp -R "$files/llhttp/usr/src/llhttp/." "$into"
		;;
	esac
}

# fetch_debian NAME...: those libraries from Debian's archive; into subprojects/ whole or not at all.
fetch_debian()
{
	local dir mirror name to

	have_apt || die "upstream is out of reach and there is no apt to bring $*"
	apt_install debian-archive-keyring
	dir=$(mktemp -d)
	# shellcheck disable=SC2064
	trap "rm -rf -- '$dir'" EXIT
	for mirror in $(debian_mirrors); do
		write_apt_conf "$dir" "$mirror"
		apt-get -c "$dir/apt.conf" -qq update >>"$dir/log" 2>&1 && break
		mirror=
	done
	if [ -z "${mirror:-}" ]; then
		tail -n 20 "$dir/log" >&2 2>/dev/null || true
		die "upstream is out of reach and none of apt's sources is a mirror of Debian; put $* under subprojects/ by hand"
	fi
	debian_download "$dir" "$@"
	for name in "$@"; do
		to=$(wrap_directory "$name")
		rm -rf "$to.part"
		mkdir -p "$to.part"
		if ! debian_unpack "$dir" "$name" "$to.part"; then
			rm -rf "$to.part"
			tail -n 20 "$dir/log" >&2
			die "$name could not be had from Debian's archive, or is not the file we know"
		fi
		rm -rf "$to"
		mv "$to.part" "$to"
		apply_packagefiles "$name"
		say "$name: from Debian's archive, into $to"
	done
	rm -rf -- "$dir"
	trap - EXIT
}

# Prints the libraries that neither the system nor subprojects/ has, installing those packages on the way that
# the distribution has recent enough.
missing_libraries()
{
	local entry name module version package

	for entry in "${LIBRARIES[@]}"; do
		read -r name module version package <<<"$entry"
		if [ -f "$(wrap_directory "$name")/meson.build" ]; then
			apply_packagefiles "$name"
		elif ! pkg-config --atleast-version="$version" "$module" 2>/dev/null; then
			if apt_offers "$package" "$version"; then
				apt_install "$package" >&2
			else
				echo "$name"
			fi
		fi
	done
}

# Brings what the build cannot do without and the system does not have: a package where the distribution's is
# recent enough, else the sources into subprojects/, from upstream or, out of its reach, from Debian's archive.
fetch_subprojects()
{
	local name lock missing
	local -a wanted=() left=()

	exec {lock}<subprojects
	flock "$lock" # two builds in one tree would unpack over each other
	missing=$(missing_libraries)
	[ -z "$missing" ] || mapfile -t wanted <<<"$missing"
	if [ "${#wanted[@]}" -gt 0 ]; then
		if upstream_reachable "$(wrap_value "${wanted[0]}" source_url)"; then
			for name in "${wanted[@]}"; do
				if fetch_upstream "$name"; then
					say "$name: from upstream, into $(wrap_directory "$name")"
				else
					left+=("$name")
				fi
			done
		else
			left=("${wanted[@]}")
		fi
	fi
	if [ "${#left[@]}" -gt 0 ]; then
		say "upstream is out of reach for ${left[*]}: asking Debian's archive"
		fetch_debian "${left[@]}"
	fi
	exec {lock}<&-
}

# The packages that building willaq takes, wherever its three libraries come from.
# shellcheck disable=SC2034
BUILD_PACKAGES=(
	build-essential pkg-config ninja:ninja-build meson:meson python3:python3
	libuv1-dev libcurl4-openssl-dev libc-ares-dev libssl-dev libqrencode-dev
	redis-server:redis-server tzdata
)

# configure_build DIR OPTION...: meson setup, once; later changes are ninja's to notice.
configure_build()
{
	local dir=$1 log

	shift
	[ ! -f "$dir/build.ninja" ] || return 0
	say "configuring $dir/"
	log=$(mktemp)
	if ! meson setup "$dir" "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		die "meson could not configure $dir"
	fi
	rm -f "$log"
}

# build_in DIR TARGET...: silent unless it fails; two in one folder take turns.
build_in()
{
	local dir=$1 log

	shift
	log=$(mktemp)
	if ! flock "$dir" ninja -C "$dir" --quiet "$@" >"$log" 2>&1; then
		# Meson may have run first, and have had much to say.
		{ sed -n '/^FAILED: \|ERROR/,$p' "$log" | grep . || cat "$log"; } >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}
