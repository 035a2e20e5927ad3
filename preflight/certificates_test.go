package preflight_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"
)

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	// file is its own certificate as PEM, trust a PKCS12 trust store with it, whose
	// password is changeit1.
	file, trust string
	// old has expired, and is trusted all the same.
	old *authority
}

const day = 24 * time.Hour

func newAuthority(t *testing.T, dir string) *authority {
	t.Helper()
	a := authorityUntil(t, "Meadow authority", time.Now().Add(400*day))
	a.old = authorityUntil(t, "Meadow's authority of last year", time.Now().Add(-day))
	a.file, a.trust = filepath.Join(dir, "authority.pem"), filepath.Join(dir, "trust.p12")
	both := append(encode("CERTIFICATE", a.certificate.Raw), encode("CERTIFICATE", a.old.certificate.Raw)...)
	require.NoError(t, os.WriteFile(a.file, both, 0o644))
	store, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{a.certificate, a.old.certificate}, "changeit1")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(a.trust, store, 0o644))
	return a
}

func authorityUntil(t *testing.T, name string, until time.Time) *authority {
	t.Helper()
	a := &authority{}
	a.certificate, a.key = certificate(t, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-400 * day), NotAfter: until,
	})
	return a
}

// issue makes server.crt and server.key in a folder, for a name, and for some more names
// and addresses as alternatives. Without an authority it is signed by itself.
func (a *authority) issue(t *testing.T, dir string, until time.Time, name string, names ...string) (crt, key string) {
	t.Helper()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-100 * day), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	c, k := certificate(t, a, template)
	crt, key = filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	writePEM(t, crt, "CERTIFICATE", c.Raw, 0o644)
	der, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	writePEM(t, key, "PRIVATE KEY", der, 0o600)
	return crt, key
}

func certificate(t *testing.T, a *authority, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	parent, signer := template, key
	if a != nil {
		parent, signer = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c, key
}

func writePEM(t *testing.T, path, kind string, der []byte, mode os.FileMode) {
	t.Helper()
	_ = os.Remove(path)
	require.NoError(t, os.WriteFile(path, encode(kind, der), mode))
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
