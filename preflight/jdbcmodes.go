package preflight

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// parameter finds the value that counts of a parameter by one of its names.
type parameter func(names ...string) (string, bool)

// is reports whether one is set to true.
func (get parameter) is(names ...string) bool {
	value, _ := get(names...)
	return isTrue(value)
}

func (get parameter) text(names ...string) string {
	value, _ := get(names...)
	return value
}

const clientCertificate = "Druid proves itself by a certificate of its own, which this program does not use"

// tlsOfPostgreSQL: SslMode.java of 42.2.5 and later. Without anything it prefers TLS;
// ssl=true alone verifies all, against ~/.postgresql/root.crt.
func tlsOfPostgreSQL(p *Pass, get parameter) facts.TLS {
	mode, _ := get("sslmode")
	w := facts.TLS{Mode: strings.ToLower(mode)}
	ssl, set := get("ssl")
	switch {
	case mode == "" && set && (ssl == "" || strings.EqualFold(ssl, "true")):
		w.Mode = "verify-full"
	case mode == "":
		w.Mode = "prefer"
	case !slices.Contains([]string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, w.Mode):
		w.Refused = "Invalid sslmode value: " + mode
	}
	return ofPostgreSQL(p, w, get)
}

// tlsOfPostgreSQL9 is that of Druid before 0.17: without ssl or sslmode it does not encrypt, and ssl=true
// trusts whom Java trusts.
func tlsOfPostgreSQL9(p *Pass, get parameter) facts.TLS {
	mode, _ := get("sslmode")
	w := facts.TLS{Mode: mode}
	ssl, set := get("ssl")
	switch {
	case mode == "" && set && (ssl == "" || strings.EqualFold(ssl, "true")):
		w.Mode, w.Java = "verify-ca", true
	case mode == "":
		w.Mode = "disable"
	case !slices.Contains([]string{"disable", "require", "verify-ca", "verify-full"}, mode):
		w.Refused = "Invalid sslmode value: " + mode
	}
	return ofPostgreSQL(p, w, get)
}

// ofPostgreSQL adds whom the driver trusts (LibPQFactory.java).
func ofPostgreSQL(p *Pass, w facts.TLS, get parameter) facts.TLS {
	verifies := w.Mode == "verify-ca" || w.Mode == "verify-full"
	switch factory := get.text("sslfactory"); {
	case strings.HasSuffix(factory, ".NonValidatingFactory") && w.Mode == "verify-full":
		w.Mode = "verify-name"
	case strings.HasSuffix(factory, ".NonValidatingFactory") && verifies:
		w.Mode = "require"
	case strings.HasSuffix(factory, ".DefaultJavaSSLFactory"):
		w.Java = true
	case factory != "" && !strings.HasSuffix(factory, ".LibPQFactory"):
		w.Unknown = "the driver is told to use its own sslfactory, " + factory
	}
	switch {
	case get.text("sslhostnameverifier") != "" && w.Mode == "verify-full":
		w.Unknown = "the driver is told to use its own sslhostnameverifier"
	case get.text("sslcert") != "":
		w.Unknown = clientCertificate
	}
	if root := get.text("sslrootcert"); root != "" {
		w.Root = p.path(root)
	}
	w.Home = verifies && !w.Java && w.Root == ""
	return w
}

// tlsOfMySQL5: ExportControlled.java and MysqlIO.java, 5.1.49. With useSSL it encrypts
// where the server does, and looks at the dates of a certificate even if it does not verify it.
func tlsOfMySQL5(p *Pass, get parameter) facts.TLS {
	useSSL, set := get("useSSL")
	w := facts.TLS{Mode: "prefer", Dates: true}
	switch {
	case !set:
	case !isTrue(useSSL):
		w.Mode = "disable"
	default:
		if get.is("requireSSL") {
			w.Mode = "require"
		}
		if verify, set := get("verifyServerCertificate"); !set || isTrue(verify) {
			w.Mode = "verify-ca"
		}
		w.OldTLS = get.text("enabledTLSProtocols") == ""
	}
	return ofMySQL(p, w, get)
}

// tlsOfMySQL8: sslMode counts, and without it useSSL and its kin (8.0.13 and later).
func tlsOfMySQL8(p *Pass, get parameter) facts.TLS {
	w := facts.TLS{Mode: "prefer", Dates: true}
	useSSL, set := get("useSSL")
	switch mode := get.text("sslMode"); {
	case mode != "":
		w.Mode = map[string]string{"DISABLED": "disable", "PREFERRED": "prefer", "REQUIRED": "require", "VERIFY_CA": "verify-ca", "VERIFY_IDENTITY": "verify-full"}[strings.ToUpper(mode)]
		if w.Mode == "" {
			w.Refused = "The connection property 'sslMode' does not accept the value '" + mode + "'"
		}
	case set && !isTrue(useSSL):
		w.Mode = "disable"
	case get.is("verifyServerCertificate"):
		w.Mode = "verify-ca"
	case get.is("requireSSL"):
		w.Mode = "require"
	}
	return ofMySQL(p, w, get)
}

// ofMySQL adds whom MySQL's drivers trust: a store of Java, or else whom Java trusts.
func ofMySQL(p *Pass, w facts.TLS, get parameter) facts.TLS {
	w.Keys = get.is("allowPublicKeyRetrieval") || get.text("serverRSAPublicKeyFile") != ""
	w = trust(p, w, get.text("trustCertificateKeyStoreUrl"), get.text("trustCertificateKeyStorePassword"))
	if get.text("clientCertificateKeyStoreUrl") != "" && w.Mode != "disable" {
		w.Unknown = clientCertificate
	}
	return w
}

// tlsOfMariaDB2 knows no sslMode, and useSSL=true verifies all unless it is told
// otherwise (DefaultOptions.java, 2.7).
func tlsOfMariaDB2(p *Pass, get parameter) facts.TLS {
	w := facts.TLS{Mode: "disable"}
	switch useSSL, set := get("useSsl", "useSSL"); {
	case set && !slices.Contains([]string{"true", "false", "1", "0"}, strings.ToLower(useSSL)):
		w.Refused = "Optional parameter useSsl must be boolean (true/false or 0/1), and is " + useSSL
	case isTrue(useSSL):
		w.Mode = mariaDBMode(get)
	}
	return ofMariaDB(p, w, get)
}

// mariaDBMode is what useSSL=true means.
func mariaDBMode(get parameter) string {
	switch {
	case get.is("trustServerCertificate"):
		return "require"
	case get.is("disableSslHostnameVerification"):
		return "verify-ca"
	}
	return "verify-full"
}

// tlsOfMariaDB3: useSSL=true counts more than sslMode (Configuration.java and
// SslMode.java, 3.5).
func tlsOfMariaDB3(p *Pass, get parameter) facts.TLS {
	w := facts.TLS{Mode: "disable"}
	mode := get.text("sslMode")
	switch strings.ToLower(strings.ReplaceAll(mode, "_", "-")) {
	case "", "disable", "disabled", "0", "false":
	case "trust", "required":
		w.Mode = "require"
	case "verify-ca":
		w.Mode = "verify-ca"
	case "verify-full", "verify-identity", "1", "true":
		w.Mode = "verify-full"
	default:
		w.Refused = "Wrong argument value '" + mode + "' for SslMode"
	}
	if get.is("useSsl", "useSSL") {
		w.Mode, w.Refused = mariaDBMode(get), ""
	}
	if w.Mode != "disable" && w.Mode != "require" && get.text("trustCertificateKeyStorePassword") != "" {
		w.Unknown = "this driver takes trustCertificateKeyStorePassword for another password: write trustStore and trustStorePassword in the URI"
	}
	return ofMariaDB(p, w, get)
}

func ofMariaDB(p *Pass, w facts.TLS, get parameter) facts.TLS {
	w.Keys = get.is("allowPublicKeyRetrieval") || get.text("serverRsaPublicKeyFile") != ""
	w = trust(p, w, get.text("trustStore", "trustCertificateKeyStoreUrl"), get.text("trustStorePassword", "trustCertificateKeyStorePassword"))
	switch certificate := get.text("serverSslCert"); {
	case strings.HasPrefix(certificate, "classpath:"), strings.HasPrefix(certificate, "-----"):
		w.Unknown = "serverSslCert is not the path of a file"
	case certificate != "":
		w.Root = p.path(certificate)
	}
	if get.text("keyStore", "clientCertificateKeyStoreUrl") != "" && w.Mode != "disable" {
		w.Unknown = clientCertificate
	}
	return w
}

// trust adds a store that a parameter names, or that Java is told to use for all.
func trust(p *Pass, w facts.TLS, path, password string) facts.TLS {
	w.Java = true
	if path == "" {
		path, password = p.javaTrustStore()
	}
	if path == "" {
		return w
	}
	secret, told := provided(password)
	if !told {
		w.Unknown = "the password of the trust store is provided by something else than the configuration and the environment"
	}
	w.Store = &facts.KeyStore{Path: p.path(path), Password: secret}
	return w
}

// javaTrustStore is that of -Djavax.net.ssl.trustStore.
func (p *Pass) javaTrustStore() (path, password string) {
	for _, s := range p.plays("coordinator", "overlord") {
		if f, ok := property(s, "javax.net.ssl.trustStore"); ok {
			word, _ := property(s, "javax.net.ssl.trustStorePassword")
			return f.Value, word.Value
		}
	}
	return "", ""
}
