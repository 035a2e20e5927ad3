package preflight

import (
	"fmt"
	"net"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func storeFileChecks() []*Check { return []*Check{liveKeyStore} }

// storeKeys are the properties that name a store of keys or of trusted certificates.
var storeKeys = []struct {
	path, password, alias string
	trust                 bool
}{
	{"druid.server.https.keyStorePath", "druid.server.https.keyStorePassword", "druid.server.https.certAlias", false},
	{"druid.server.https.trustStorePath", "druid.server.https.trustStorePassword", "", true},
	{"druid.client.https.keyStorePath", "druid.client.https.keyStorePassword", "druid.client.https.certAlias", false},
	{"druid.client.https.trustStorePath", "druid.client.https.trustStorePassword", "", true},
	{"druid.emitter.http.ssl.trustStorePath", "druid.emitter.http.ssl.trustStorePassword", "", true},
	{"druid.auth.basic.ssl.trustStorePath", "druid.auth.basic.ssl.trustStorePassword", "", true},
}

var liveKeyStore = &Check{
	Rule: rules.Rule{
		ID: "live-key-store", Severity: finding.Error,
		Title:  "A key store or trust store that cannot be used: not readable, another password, expired, or for another host.",
		Why:    "Java opens the store when the process starts; others check the certificate's dates and, where they validate host names, its names.",
		Effect: "The process stops at start (Keystore was tampered with, or password was incorrect), or nobody can connect to its TLS port (CertificateExpiredException, No subject alternative names).",
		Fix:    "Renew the certificate for the names of druid.host, and put the store and its password where the configuration says.",
		Source: "server/src/main/java/org/apache/druid/server/initialization/jetty/JettyServerModule.java (SslContextFactory), 0.15.1; RFC 6125",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, s := range p.Services {
			for _, k := range storeKeys {
				server := strings.HasPrefix(k.path, "druid.server.")
				v := s.Get(k.path)
				if !usable(v) || server && !strings.EqualFold(s.Get("druid.enableTlsPort").Text, "true") {
					continue
				}
				if n := storeNeed(p, s, v, s.Get(k.password), s.Get(k.alias), k.trust); !slices.ContainsFunc(list, func(o Need) bool { return o.Question.Name == n.Question.Name }) {
					list = append(list, n)
				}
			}
		}
		return list
	},
	Each: judgeStore,
}

// trusting marks a need of a store of trusted certificates.
const trusting = "trust"

func storeNeed(p *Pass, s *conf.Service, v, password, alias conf.Value, trust bool) Need {
	file := p.path(v.Text)
	n := Need{At: p.at(s, v), Target: file, Relative: file != path.Clean(v.Text)}
	secret, told := secretOf(password)
	n.Question = facts.Question{Name: "store " + file + " of " + v.Key, KeyStore: &facts.KeyStore{Path: file, Password: secret, Alias: alias.Text}}
	if !told {
		n.Question = facts.Question{Name: "file " + file, Folder: &facts.Folder{Path: file, User: p.User}}
	}
	if trust {
		n.Note = trusting
	} else if host := s.Get("druid.host"); usable(host) {
		address, _ := conf.ParseAddress(host.Text, 0)
		n.Note = address.Host
	}
	return n
}

func judgeStore(p *Pass, a Asked) {
	const required = "readable, with this password, and valid"
	switch {
	case a.Problem.Has(facts.Missing):
		p.Fail(a, required, "does not exist", "%s does not exist", a.Target)
	case a.Problem.Has(facts.Rejected):
		p.Fail(a, required, a.Problem.Text, "%s: %s", a.Target, a.Problem.Text)
	case a.Problem != nil:
		p.Unknown(a, required, a.Problem.Text)
	case a.Folder != nil && !a.Folder.Exists:
		p.Fail(a, required, "does not exist", "%s does not exist", a.Target)
	case a.Folder != nil && !a.Folder.Readable:
		p.Fail(a, required, a.Folder.Mode, "%s may not read %s (%s)", a.Folder.User, a.Target, a.Folder.Mode)
	case a.Folder != nil:
		p.Unknown(a, required, "its password is provided by something else than the configuration")
	case a.Note == trusting:
		p.judgeTrust(a)
	default:
		p.judgeKeys(a)
	}
}

func (p *Pass) judgeTrust(a Asked) {
	keys := a.KeyStore
	required, current := "trusted certificates", fmt.Sprintf("%s, %d trusted", keys.Type, keys.Trusted)
	if len(keys.Certificates) == 0 {
		p.Fail(a, required, current, "%s holds no certificate: no server is trusted", a.Target)
		return
	}
	now := time.Now().Unix()
	for _, c := range keys.Certificates {
		if c.NotAfter < now {
			p.Warn(a, required, current, "%s in %s has expired on %s", c.Subject, a.Target, day(c.NotAfter))
			return
		}
	}
	p.Pass(a, required, current)
}

// soon is how long before its end a certificate is to be renewed.
const soon = 30 * 24 * time.Hour

func (p *Pass) judgeKeys(a Asked) {
	keys, alias := a.KeyStore, a.Question.KeyStore.Alias
	required := "a key, valid for another 30 days"
	if a.Note != "" {
		required += ", for " + a.Note
	}
	if alias != "" && len(keys.Aliases) > 0 && !slices.ContainsFunc(keys.Aliases, func(name string) bool { return strings.EqualFold(name, alias) }) {
		p.Fail(a, required, "aliases "+strings.Join(keys.Aliases, ", "), "%s has no key %q", a.Target, alias)
		return
	}
	leaves := slices.DeleteFunc(slices.Clone(keys.Certificates), func(c facts.Certificate) bool {
		return !c.Leaf || alias != "" && c.Alias != "" && !strings.EqualFold(c.Alias, alias)
	})
	if len(leaves) == 0 {
		p.Fail(a, required, fmt.Sprintf("%d certificates, no key", len(keys.Certificates)), "%s holds no key", a.Target)
		return
	}
	for _, c := range leaves {
		p.judgeCertificate(a, required, c)
	}
}

func (p *Pass) judgeCertificate(a Asked, required string, c facts.Certificate) {
	now := time.Now()
	current := fmt.Sprintf("%s, until %s, for %s", c.Subject, day(c.NotAfter), strings.Join(c.Names, ", "))
	switch {
	case c.NotAfter < now.Unix():
		p.Fail(a, required, current, "the certificate of %s has expired on %s", a.Target, day(c.NotAfter))
	case c.NotBefore > now.Unix():
		p.Fail(a, required, current, "the certificate of %s is valid from %s on", a.Target, day(c.NotBefore))
	case c.NotAfter < now.Add(soon).Unix():
		p.Warn(a, required, current, "the certificate of %s expires on %s", a.Target, day(c.NotAfter))
	case a.Note != "" && !covers(c.Names, a.Note):
		p.Warn(a, required, current, "the certificate of %s is not for %s: clients that validate host names refuse it", a.Target, a.Note)
	default:
		p.Pass(a, required, current)
	}
}

func day(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateOnly) }

// covers reports whether one of a certificate's names is that of a host; *.x is for
// one label more than x.
func covers(names []string, host string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		if net.ParseIP(host) != nil || !strings.HasPrefix(name, "*.") {
			return strings.EqualFold(name, host)
		}
		ok, _ := path.Match(strings.ToLower(name), strings.ToLower(host))
		return ok && strings.Count(name, ".") == strings.Count(host, ".")
	})
}
