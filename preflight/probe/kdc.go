package probe

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"

	krb5conf "github.com/jcmturner/gokrb5/v8/config"
)

var errNoKDC = rejected{"what answers there is not a KDC of Kerberos"}

// throughRelays puts this program between the client of Kerberos and the KDCs, over TCP: the
// client dials by itself, and makes room for as much as four bytes of the other side say.
// What it is given for each address is that of a relay, which ends with the context. The
// replacer puts the servers back into what the client says.
func throughRelays(ctx context.Context, conf *krb5conf.Config, realm string, servers []string) (*strings.Replacer, error) {
	if !slices.ContainsFunc(conf.Realms, func(r krb5conf.Realm) bool { return r.Realm == realm && len(r.KDC) > 0 }) {
		conf.Realms = append(conf.Realms, krb5conf.Realm{Realm: realm, KDC: servers}) // which the DNS has named
	}
	var names []string
	for i, r := range conf.Realms {
		conf.Realms[i].KDC = nil
		for _, server := range r.KDC {
			at, err := relay(ctx, server)
			if err != nil {
				return nil, err
			}
			conf.Realms[i].KDC = append(conf.Realms[i].KDC, at)
			names = append(names, at, server)
		}
	}
	return strings.NewReplacer(names...), nil
}

// relay listens on the loopback and hands on to a server what comes.
func relay(ctx context.Context, server string) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go handOn(ctx, conn, server)
		}
	}()
	return l.Addr().String(), nil
}

// handOn hands on both ways, and of what the server says no message that is longer than any.
func handOn(ctx context.Context, from net.Conn, server string) {
	defer from.Close()
	to, err := connect(ctx, "tcp", server)
	if err != nil {
		return
	}
	defer to.Close()
	context.AfterFunc(ctx, func() { _ = to.Close() })
	go func() { _, _ = io.Copy(to, from) }()
	_, _ = io.Copy(from, &framed{Conn: to, length: fourBytes, none: errNoKDC})
}
