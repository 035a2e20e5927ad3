package probe

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	krb5 "github.com/jcmturner/gokrb5/v8/client"
	krb5conf "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/implycheck/implycheck/preflight/facts"
)

// kerberos logs in with a keytab, as UserGroupInformation.loginUserFromKeytab does.
func kerberos(ctx context.Context, q facts.Kerberos) (*krb5.Client, error) {
	keys, err := keytab.Load(q.Keytab)
	if err != nil {
		return nil, err
	}
	conf, err := krb5conf.Load(q.Conf)
	var unsupported krb5conf.UnsupportedDirective
	if err != nil && !errors.As(err, &unsupported) {
		return nil, errUnsupported{q.Conf + " cannot be read: " + err.Error()}
	}
	conf.LibDefaults.UDPPreferenceLimit = 1 // over TCP, which says at once that nothing listens
	user, realm, ok := strings.Cut(q.Principal, "@")
	if !ok {
		realm = conf.LibDefaults.DefaultRealm
	}
	_, servers, err := conf.GetKDCs(realm, true)
	if err == nil {
		err = anyOf(ctx, slices.Collect(maps.Values(servers)))
	}
	if err == nil {
		client := krb5.NewWithKeytab(user, realm, keys, conf, krb5.DisablePAFXFAST(true))
		if err = within(ctx, client.Login); err == nil {
			return client, nil
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, rejected{q.Principal + " cannot log in with Kerberos: " + problem(err).Text}
}
