#!/usr/bin/env bash
# Makes sure of the system packages that tests talk to: uses what runs, starts what is installed, installs what it may,
# and otherwise names what is missing in one line and stops. Usage: require_system.sh [postgresql] [redis] [chromium] [dovecot]
set -euo pipefail

needs=("$@")
[ ${#needs[@]} -gt 0 ] || needs=(postgresql redis chromium dovecot)
missing=()

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_for() { for _ in $(seq 50); do answers "$1" && return 0; sleep 0.2; done; return 1; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install_package() {
  may_install || return 1
  echo "Installing $1 for the tests"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null 2>&1 && return 0
  apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null 2>&1
}

start_postgresql() {
  command -v pg_ctlcluster >/dev/null || return 1
  local version; version=$(ls /etc/postgresql 2>/dev/null | tail -1); [ -n "$version" ] || return 1
  pg_ctlcluster --skip-systemctl-redirect "$version" main start >/dev/null 2>&1 || true
  wait_for 5432
}

start_redis() {
  command -v redis-server >/dev/null || return 1
  redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null && wait_for 6379
}

for need in "${needs[@]}"; do
  case $need in
    postgresql)
      [ -n "${PSQM_TEST_POSTGRES_URL:-}" ] || answers 5432 || start_postgresql ||
        { install_package postgresql && start_postgresql; } || missing+=("PostgreSQL (or set PSQM_TEST_POSTGRES_URL)") ;;
    redis)
      [ -n "${PSQM_TEST_REDIS_URL:-}" ] || answers 6379 || start_redis ||
        { install_package redis-server && start_redis; } || missing+=("Redis (or set PSQM_TEST_REDIS_URL)") ;;
    chromium)
      [ -n "${PSQM_TEST_CHROMIUM:-}" ] || command -v chromium >/dev/null || install_package chromium ||
        missing+=("Chromium (or set PSQM_TEST_CHROMIUM)") ;;
    dovecot)
      command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ] || install_package dovecot-imapd ||
        missing+=("Dovecot (package dovecot-imapd)") ;;
    *) echo "unknown: $need" >&2; exit 2 ;;
  esac
done

if [ ${#missing[@]} -gt 0 ]; then
  printf 'The tests need, and this machine lacks: %s.\n' "$(IFS=';'; echo "${missing[*]}" | sed 's/;/; /g')" >&2
  exit 1
fi
