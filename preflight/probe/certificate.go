package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/preflight/facts"
)

// tlsConfig does what a driver of Java does in a mode: nil for no TLS. Go's own
// verification would refuse what Java accepts, a certificate without alternative
// names above all.
func tlsConfig(w facts.TLS, runsAs, host string) (*tls.Config, error) {
	if w.Mode == "disable" {
		return nil, nil
	}
	config := &tls.Config{ServerName: host, InsecureSkipVerify: true} // for VerifyConnection does it
	var roots *x509.CertPool
	if w.Mode == "verify-ca" || w.Mode == "verify-full" {
		var err error
		if roots, err = authorities(w, runsAs); err != nil {
			return nil, err
		}
	}
	config.VerifyConnection = func(state tls.ConnectionState) error {
		chain := state.PeerCertificates
		if roots != nil {
			if err := verify(chain, roots, w.Dates); err != nil {
				return err
			}
		}
		if w.Dates && !valid(chain) {
			return rejected{fmt.Sprintf("the certificate of the server is valid from %s to %s, which %s looks at even where it does not verify it",
				chain[0].NotBefore.Format(time.DateOnly), chain[0].NotAfter.Format(time.DateOnly), w.Driver)}
		}
		if w.Mode == "verify-full" || w.Mode == "verify-name" {
			return isFor(chain[0], host)
		}
		return nil
	}
	return config, nil
}

// verify says no where Java does, and nothing where only Go does: to a signature that
// Go holds for weak. Of an authority that has expired only MySQL's drivers think ill.
func verify(chain []*x509.Certificate, roots *x509.CertPool, dates bool) error {
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(options)
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired && !dates && valid(chain) {
		options.CurrentTime = invalid.Cert.NotAfter
		_, err = chain[0].Verify(options)
	}
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "insecure algorithm"):
		return errUnsupported{err.Error() + ", which Java may accept"}
	}
	return rejected{"the certificate of the server is not accepted: " + err.Error()}
}

// valid reports whether the dates of all certificates are right.
func valid(chain []*x509.Certificate) bool {
	now := time.Now()
	return !slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return now.After(c.NotAfter) || now.Before(c.NotBefore) })
}

// isFor reports whether a certificate is for a host: its alternative names count, and
// without any its common name.
func isFor(c *x509.Certificate, host string) error {
	err := c.VerifyHostname(host)
	common := c.Subject.CommonName
	alone := x509.Certificate{DNSNames: []string{common}}
	named := strings.EqualFold(common, host) || alone.VerifyHostname(host) == nil
	switch {
	case err == nil, named && len(c.DNSNames)+len(c.IPAddresses) == 0:
		return nil
	case named:
		return errUnsupported{"the certificate of the server has " + common + " as its common name, and other alternative names: not all releases of the driver accept it"}
	}
	return rejected{"the certificate of the server is for another host: " + err.Error()}
}

// certificateError takes out what the client puts around what VerifyConnection says.
func certificateError(err error) error {
	if no, ok := errors.AsType[rejected](err); ok {
		return no
	}
	if unknown, ok := errors.AsType[errUnsupported](err); ok {
		return unknown
	}
	return err
}

// authorities are whom a driver trusts.
func authorities(w facts.TLS, runsAs string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	add := func(list []*x509.Certificate, err error) (*x509.CertPool, error) {
		for _, c := range list {
			pool.AddCert(c)
		}
		return pool, err
	}
	switch {
	case w.Store != nil:
		list, err := trusted(*w.Store)
		if err == nil && len(list) == 0 {
			err = rejected{w.Store.Path + " holds no certificate that is trusted"}
		}
		return add(list, err)
	case w.Root != "":
		return pool, addPEM(pool, w.Root)
	case w.Home:
		return pool, addHome(pool, runsAs)
	}
	return add(trustedByJava())
}

func addPEM(pool *x509.CertPool, file string) error {
	pem, err := smallFile(file)
	if err == nil && !pool.AppendCertsFromPEM(pem) {
		return rejected{file + " holds no certificate"}
	}
	return err
}

// addHome adds ~/.postgresql/root.crt of who runs Druid. That another user has none
// proves nothing.
func addHome(pool *x509.CertPool, runsAs string) error {
	home, err := os.UserHomeDir()
	if runsAs != "" {
		u, e := user.Lookup(runsAs)
		if e != nil {
			return errUnsupported{e.Error()}
		}
		home, err = u.HomeDir, nil
	}
	if err != nil {
		return err
	}
	file := filepath.Join(home, ".postgresql", "root.crt")
	err = addPEM(pool, file)
	if errors.Is(err, fs.ErrNotExist) && runsAs == "" {
		return errUnsupported{"the driver verifies with .postgresql/root.crt in the home folder of who runs Druid, and this user has none: --user says who does"}
	}
	return err
}

// trustedByJava reads the certificates of the Java that Druid is started with.
func trustedByJava() ([]*x509.Certificate, error) {
	r, err := java(facts.Java{})
	if err != nil {
		return nil, errUnsupported{"Java's own certificates are trusted, and there is no Java: " + err.Error()}
	}
	for _, dir := range []string{"lib/security", "jre/lib/security"} {
		for _, name := range []string{"jssecacerts", "cacerts"} {
			for _, password := range []string{"changeit", ""} {
				q := facts.KeyStore{Path: filepath.Join(r.Home, dir, name), Password: facts.Secret{Text: password}}
				if list, err := trusted(q); err == nil {
					return list, nil
				}
			}
		}
	}
	return nil, errUnsupported{"Java's own certificates are trusted, and those of " + r.Home + " cannot be read"}
}
