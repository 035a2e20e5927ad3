package probe

import (
	"bytes"
	"crypto/x509"
	"errors"

	keystore "github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/implycheck/implycheck/preflight/facts"
)

// jksMagic begins a store of the type JKS.
var jksMagic = []byte{0xFE, 0xED, 0xFE, 0xED}

// keyStore reads a store of Java, of either type: which it is tell its first bytes,
// whatever it is called.
func keyStore(q facts.KeyStore) (*facts.Keys, error) {
	data, err := smallFile(q.Path)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(data, jksMagic):
		return readJKS(data, q)
	case bytes.HasPrefix(data, []byte{0xCE, 0xCE, 0xCE, 0xCE}):
		return nil, errUnsupported{"a JCEKS store: only Java can read it"}
	case bytes.HasPrefix(data, []byte{0x30}):
		return readPKCS12(data, q)
	case bytes.HasPrefix(data, []byte("-----BEGIN")):
		return nil, rejected{"it is PEM, and no key store of Java"}
	}
	return nil, rejected{"it is neither JKS nor PKCS12"}
}

// trusted are the certificates that a store holds without a key.
func trusted(q facts.KeyStore) (list []*x509.Certificate, err error) {
	data, err := smallFile(q.Path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, jksMagic) {
		list, err = pkcs12.DecodeTrustStore(data, reveal(q.Password))
		if errors.Is(err, pkcs12.ErrIncorrectPassword) {
			return nil, rejected{q.Path + ": its password is not the one in the configuration"}
		}
		if err != nil {
			return nil, errUnsupported{q.Path + " is a trust store that only Java can read: " + err.Error()}
		}
		return list, nil
	}
	store := keystore.New()
	if err := store.Load(bytes.NewReader(data), []byte(reveal(q.Password))); err != nil {
		return nil, rejected{q.Path + ": its password is not the one in the configuration, or it is damaged: " + err.Error()}
	}
	for _, alias := range store.Aliases() {
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			if c, err := x509.ParseCertificate(entry.Certificate.Content); err == nil {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// readJKS needs no password of a key to see its certificates.
func readJKS(data []byte, q facts.KeyStore) (*facts.Keys, error) {
	store := keystore.New()
	if err := store.Load(bytes.NewReader(data), []byte(reveal(q.Password))); err != nil {
		return nil, rejected{"its password is not the one in the configuration, or it is damaged: " + err.Error()}
	}
	keys := &facts.Keys{Type: "JKS", Certificates: []facts.Certificate{}}
	for _, alias := range store.Aliases() {
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			keys.Trusted++
			add(keys, alias, entry.Certificate.Content, false)
			continue
		}
		keys.Aliases = append(keys.Aliases, alias)
		chain, err := store.GetPrivateKeyEntryCertificateChain(alias)
		if err != nil {
			continue
		}
		for i, c := range chain {
			add(keys, alias, c.Content, i == 0)
		}
	}
	return keys, nil
}

// add notes a certificate; one that Go cannot read is left out.
func add(keys *facts.Keys, alias string, der []byte, leaf bool) {
	if c, err := x509.ParseCertificate(der); err == nil {
		keys.Certificates = append(keys.Certificates, certificate(c, alias, leaf))
	}
}

func certificate(c *x509.Certificate, alias string, leaf bool) facts.Certificate {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return facts.Certificate{Alias: alias, Subject: c.Subject.String(), Names: names, NotBefore: c.NotBefore.Unix(), NotAfter: c.NotAfter.Unix(), Leaf: leaf}
}

// readPKCS12 reads a key with its chain, or what is trusted.
func readPKCS12(data []byte, q facts.KeyStore) (*facts.Keys, error) {
	keys := &facts.Keys{Type: "PKCS12", Certificates: []facts.Certificate{}}
	_, leaf, chain, err := pkcs12.DecodeChain(data, reveal(q.Password))
	if err == nil {
		keys.Aliases = names12(data, reveal(q.Password))
		keys.Certificates = append(keys.Certificates, certificate(leaf, "", true))
		for _, c := range chain {
			keys.Certificates = append(keys.Certificates, certificate(c, "", false))
		}
		return keys, nil
	}
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, rejected{"its password is not the one in the configuration"}
	}
	trusted, trustErr := pkcs12.DecodeTrustStore(data, reveal(q.Password))
	if trustErr != nil {
		return nil, errUnsupported{"a PKCS12 store that only Java can read: " + err.Error()}
	}
	keys.Trusted = len(trusted)
	for _, c := range trusted {
		keys.Certificates = append(keys.Certificates, certificate(c, "", false))
	}
	return keys, nil
}

// names12 are the aliases of keys in a store, as far as they can be told.
func names12(data []byte, password string) (list []string) {
	blocks, _ := pkcs12.ToPEM(data, password) //lint:ignore SA1019 nothing else tells names
	for _, b := range blocks {
		if name := b.Headers["friendlyName"]; name != "" && b.Type == "PRIVATE KEY" {
			list = append(list, name)
		}
	}
	return list
}
