package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	krb5 "github.com/jcmturner/gokrb5/v8/client"
	krb5conf "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/implycheck/implycheck/preflight/facts"
)

// kerberos logs in with a keytab, as UserGroupInformation.loginUserFromKeytab does.
func kerberos(ctx context.Context, q facts.Kerberos) (*krb5.Client, error) {
	keys, conf, err := kerberosFiles(q)
	if err != nil {
		return nil, err
	}
	user, realm, ok := strings.Cut(q.Principal, "@")
	if !ok {
		realm = conf.LibDefaults.DefaultRealm
	}
	_, servers, err := conf.GetKDCs(realm, true)
	if err != nil { // Java reads more than this file, and asks the DNS unless that is forbidden
		return nil, errUnsupported{fmt.Sprintf("%s names no KDC of the realm %q: try kinit -kt %s %s", q.Conf, realm, q.Keytab, q.Principal)}
	}
	// Over TCP, which says at once that nothing listens; over UDP where nothing does, for
	// Java asks so first.
	preference := conf.LibDefaults.UDPPreferenceLimit
	conf.LibDefaults.UDPPreferenceLimit = 1
	kdcs := slices.Collect(maps.Values(servers))
	names, noTCP := strings.NewReplacer(), anyOf(ctx, kdcs)
	if noTCP != nil {
		conf.LibDefaults.UDPPreferenceLimit = preference
	} else if names, err = throughRelays(ctx, conf, realm, kdcs); err != nil {
		return nil, err
	}
	conf.LibDefaults.DefaultTktEnctypeIDs = encryptions(conf, keys, user, realm)
	client := krb5.NewWithKeytab(user, realm, keys, conf, krb5.DisablePAFXFAST(true))
	if err = within(ctx, client.Login); err == nil {
		return client, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, rejected{q.Principal + " cannot log in with Kerberos: " + names.Replace(problem(cmp.Or(noTCP, err)).Text)}
}

// encryptions are those to ask a KDC for: as Java does, those of which the keytab has a
// key. Of others the KDC would take the strongest that it knows.
func encryptions(conf *krb5conf.Config, keys *keytab.Keytab, user, realm string) []int32 {
	var has, list []int32
	for _, e := range keys.Entries {
		if e.Principal.Realm == realm && strings.Join(e.Principal.Components, "/") == user {
			has = append(has, e.Key.KeyType)
		}
	}
	asked := conf.LibDefaults.DefaultTktEnctypeIDs
	if slices.Equal(conf.LibDefaults.DefaultTktEnctypes, krb5conf.New().LibDefaults.DefaultTktEnctypes) {
		asked = slices.Concat([]int32{etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA256_128}, asked) // which Java knows since 11
	}
	for _, id := range asked {
		if slices.Contains(has, id) {
			list = append(list, id)
		}
	}
	if len(list) == 0 {
		return asked
	}
	return list
}

// kerberosFiles reads both files. What is wrong with them is not quoted: the library's
// errors hold lines of the one and the keys of the other.
func kerberosFiles(q facts.Kerberos) (*keytab.Keytab, *krb5conf.Config, error) {
	text, err := smallFile(q.Keytab)
	if err != nil {
		return nil, nil, err
	}
	keys := keytab.New()
	if keys.Unmarshal(text) != nil {
		return nil, nil, errUnsupported{fmt.Sprintf("%s is damaged, or not a keytab: try klist -kt %s", q.Keytab, q.Keytab)}
	}
	if text, err = smallFile(q.Conf); err != nil {
		return nil, nil, errUnsupported{"krb5.conf cannot be read: " + err.Error()}
	}
	conf, err := krb5conf.NewFromString(string(text))
	var unsupported krb5conf.UnsupportedDirective
	if err != nil && !errors.As(err, &unsupported) {
		return nil, nil, errUnsupported{q.Conf + " has lines that this program cannot read: try kinit -kt " + q.Keytab + " " + q.Principal}
	}
	return keys, conf, nil
}
