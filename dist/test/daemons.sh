# The back ends of backends.sh: how each is configured and started, and the stacks of PAM modules that ask them. For a system in
# which their packages are installed. Read by backends.sh, which says what there is: root, users, password_of, askers, inside.
# shellcheck shell=bash disable=SC2154

# The daemons. Each is a process of its own here, or several.

declare -Ar processes_of=([slapd]=slapd [nslcd]=nslcd [sssd]='sssd|sssd_be|sssd_pam' [krb5kdc]=krb5kdc [freeradius]=freeradius)

start() { # daemon
  case $1 in
    slapd) set -- slapd -f /etc/try/slapd.conf -h ldap://127.0.0.1 -d 0 ;;
    nslcd) set -- nslcd --nofork ;;
    sssd) set -- sssd --interactive --logger=stderr ;;
    krb5kdc) set -- krb5kdc -n ;;
    freeradius) set -- freeradius -f -l stdout -d /etc/try -n radiusd ;;
  esac
  # Not as a child of nsenter(1), which stops with a child that is stopped, and then reaps it no more.
  inside setsid --fork "$@" </dev/null >>"$log" 2>&1
}

processes() { pgrep --ns "$init" --nslist pid -x "${processes_of[$1]}"; } # daemon
send() { processes "$2" | xargs kill -s "$1"; }                           # signal, daemon

stop() { # daemon
  send TERM "$1" 2>>"$log" || : # one of its processes may have ended the others already
  comes_about not processes "$1" || fail "$1 does not stop"
}

# The stacks, and what they go by.

write() { # file, from stdin
  mkdir -p "$root${1%/*}"
  cat >"$root$1"
}

configure_ldap() {
  local user
  write /etc/try/slapd.conf <<'END'
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=test
directory /var/lib/try-ldap
access to attrs=userPassword by anonymous auth by * none
access to * by * read
END
  {
    printf '%s\n' 'dn: dc=test' 'objectClass: organization' 'objectClass: dcObject' 'o: test' 'dc: test'
    for user in "${users[@]}"; do
      printf '%s\n' '' "dn: uid=$user,dc=test" 'objectClass: account' 'objectClass: posixAccount' "uid: $user" "cn: $user" \
        "uidNumber: $(inside id -u "$user")" 'gidNumber: 100' 'homeDirectory: /nonexistent' "userPassword: ${password_of[$user]}"
    done
  } | write /etc/try/users.ldif
  mkdir "$root/var/lib/try-ldap"
  inside slapadd -q -f /etc/try/slapd.conf -l /etc/try/users.ldif >>"$log" 2>&1
  # Both ask again soon after an outage.
  printf '%s\n' 'uid nslcd' 'gid nslcd' 'uri ldap://127.0.0.1' 'base dc=test' 'reconnect_sleeptime 1' 'reconnect_retrytime 1' |
    write /etc/nslcd.conf
  write /etc/sssd/sssd.conf <<'END'
[sssd]
services = pam
domains = test
[domain/test]
id_provider = ldap
auth_provider = ldap
ldap_uri = ldap://127.0.0.1
ldap_search_base = dc=test
ldap_id_use_start_tls = false
ldap_auth_disable_tls_never_use_in_production = true
offline_timeout = 1
offline_timeout_random_offset = 0
END
  chmod 600 "$root/etc/sssd/sssd.conf"
  for name in ldap sss; do
    stack "$name" "auth [success=done auth_err=ignore user_unknown=ignore default=die] pam_$name.so" 'auth requisite pam_deny.so' \
      "account required pam_$name.so"
  done
}

configure_kerberos() {
  local user
  printf '%s\n' '[libdefaults]' 'default_realm = TEST' 'dns_lookup_kdc = false' '[realms]' 'TEST = {' 'kdc = 127.0.0.1' '}' |
    write /etc/krb5.conf
  printf '%s\n' '[realms]' 'TEST = {' 'database_name = /var/lib/krb5kdc/principal' '}' | write /etc/krb5kdc/kdc.conf
  {
    inside kdb5_util create -s -r TEST -P master
    for user in "${users[@]}" expired revoked listed; do
      inside kadmin.local addprinc -pw "${password_of[$user]:-${password_of[alice]}}" "$user"
    done
    inside kadmin.local modprinc -pwexpire '2020-01-01' expired
    inside kadmin.local modprinc -allow_tix revoked
  } >>"$log" 2>&1
  # Whom it lists may log in as this user, and the user is not listed.
  inside sh -c 'echo other@TEST >/home/listed/.k5login && chown listed: /home/listed/.k5login'
  stack krb5 'auth required pam_krb5.so no_ccache defer_pwchange' 'account required pam_krb5.so no_ccache defer_pwchange'
}

configure_radius() {
  local user
  write /etc/try/radiusd.conf <<'END'
security {
  reject_delay = 0
}
client localhost {
  ipaddr = 127.0.0.1
  secret = try
}
modules {
  pap {
  }
  files {
    usersfile = /etc/try/radius-users
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = 1812
  }
  authorize {
    files
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
  }
}
END
  for user in "${users[@]}"; do
    printf '%s Cleartext-Password := "%s"\n' "$user" "${password_of[$user]}"
  done | write /etc/try/radius-users
  radius_timeout 3
  stack radius 'auth required pam_radius_auth.so' 'account required pam_permit.so'
}

radius_timeout() { echo "127.0.0.1:1812 try $1" | write /etc/pam_radius_auth.conf; } # seconds

configure_local() {
  local user accounts=("${users[@]}" expired locked must-change old too-old none revoked listed)
  for user in "${accounts[@]}"; do
    inside useradd --create-home "$user"
  done
  # Not by PAM, which would ask the other back ends.
  for user in "${accounts[@]}"; do
    printf '%s:%s\n' "$user" "${password_of[$user]:-${password_of[alice]}}"
  done | inside chpasswd --crypt-method YESCRYPT
  inside usermod --expiredate 2020-01-01 expired
  inside usermod --lock locked
  inside chage --lastday 0 must-change
  inside chage --lastday 2020-01-01 --maxdays 30 old
  inside chage --lastday 2020-01-01 --maxdays 30 --inactive 30 too-old
  inside passwd --quiet --delete none
  stack unix 'auth required pam_unix.so nodelay nullok' 'account required pam_unix.so'
  for user in "${askers[@]}"; do # each counts by itself
    stack "faillock-$user" "auth required pam_faillock.so preauth dir=/var/lib/try-$user deny=2 unlock_time=0" \
      'auth [success=1 default=ignore] pam_unix.so nodelay' \
      "auth [default=die] pam_faillock.so authfail dir=/var/lib/try-$user deny=2 unlock_time=0" \
      "auth required pam_faillock.so authsucc dir=/var/lib/try-$user deny=2 unlock_time=0" 'account required pam_unix.so'
    mkdir "$root/var/lib/try-$user"
  done
  # By name, and by what PAM has for a terminal: the service's own.
  printf '%s\n' '-:bob:ALL' '-:listed:access' | write /etc/try/access.conf
  stack access 'auth required pam_unix.so nodelay' 'account required pam_access.so accessfile=/etc/try/access.conf'
}

readonly secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

configure_codes() {
  local user
  for user in "${users[@]}"; do
    printf '%s\n' "$secret" '" TOTP_AUTH' '" WINDOW_SIZE 17' | write "/home/$user/.google_authenticator"
    inside chown "$user:" "/home/$user/.google_authenticator"
    chmod 400 "$root/home/$user/.google_authenticator"
  done
  stack google 'auth requisite pam_google_authenticator.so forward_pass' 'auth required pam_unix.so use_first_pass nodelay' \
    'account required pam_unix.so'
}

code() { inside oathtool --totp --base32 "$secret"; }

stack() { # name, lines
  printf '%s\n' "${@:2}" | write "/etc/pam.d/$1"
}
