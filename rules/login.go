package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about logins that another system decides on: LDAP, OpenID Connect.
func loginRules() []*Rule { return []*Rule{secLDAPTrust, secLDAPUsers, secDiscovery} }

const ldapTrustKey = "druid.auth.basic.ssl.trustStorePath"

var secLDAPTrust = &Rule{
	ID: "sec-ldaps-trust-store", Severity: finding.Error, Area: Security, Releases: schema.Range{From: 17},
	Title:    "LDAP over TLS without a trust store.",
	Why:      "For an ldaps address Druid makes an SSLContext of druid.auth.basic.ssl.*, and never one of Java's own authorities.",
	Effect:   "The processes start, and every login fails: NullPointerException: must specify a trustStorePath.",
	Fix:      "Set druid.auth.basic.ssl.trustStorePath and trustStorePassword; Java's own store is lib/security/cacerts.",
	Source:   "extensions-core/druid-basic-security, LDAPCredentialsValidator.java and BasicSecuritySSLSocketFactory.java, 0.17 to 38; TLSUtils.java:146; apache/druid#9304",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if !strings.HasPrefix(s.Key, "druid.auth.authenticator.") || !strings.HasSuffix(s.Key, ".credentialsValidator.url") || !s.Known() ||
				!strings.HasPrefix(strings.ToLower(s.Text), "ldaps://") || p.idle(s) || !p.someLack(s, ldapTrustKey) {
				continue
			}
			p.Report(Val(s.Value), "the LDAP server is called over TLS, and %s is not set", ldapTrustKey)
			return
		}
	},
}

// wellKnown ends the address of what an OpenID provider says of itself.
const wellKnown = "/.well-known/"

var secDiscovery = &Rule{
	ID: "sec-oidc-discovery", Severity: finding.Warning, Area: Security, Releases: schema.Range{From: 18},
	Title:    "An address of OpenID Connect that is not the discovery document.",
	Why:      "druid-pac4j reads the provider's description from discoveryURI with a GET; OpenID Connect Discovery keeps it in .well-known/openid-configuration.",
	Effect:   "The Router starts, and every login fails: Server returned HTTP response code: 405 for URL, or a description that cannot be read.",
	Fix:      "Write the provider's address with /.well-known/openid-configuration at the end.",
	Source:   "extensions-core/druid-pac4j, Pac4jAuthenticator.java (setDiscoveryURI), 0.18 to 38; OpenID Connect Discovery 1.0, chapter 4; apache/druid#10783",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if s.Key != "druid.auth.pac4j.oidc.discoveryURI" || !s.Known() || s.Text == "" || strings.Contains(s.Text, wellKnown) || !p.asksPac4j(s) {
				continue
			}
			p.Report(Val(s.Value), "druid.auth.pac4j.oidc.discoveryURI has no %s in it: it is not the provider's discovery document", strings.Trim(wellKnown, "/"))
		}
	},
}

// asksPac4j reports whether a process that sees a setting lets pac4j log users in.
func (p *Pass) asksPac4j(s Setting) bool {
	return slices.ContainsFunc(s.Services, func(svc *conf.Service) bool {
		names, _ := svc.Get(authChainKey).Strings()
		return slices.ContainsFunc(names, func(name string) bool { return svc.Get("druid.auth.authenticator." + name + ".type").Is("pac4j") })
	})
}
