//go:build !js

package live

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Bounds of one request.
const (
	connecting = 3 * time.Second
	answering  = 10 * time.Second
	maxHead    = 64 << 10
)

// client sends requests, each over a connection of its own. It is a small part of what
// net/http has, whose transport would also follow, retry, unpack and speak HTTP/2, and
// would be a fifth more of what is linked.
type client struct {
	login    func(host string) Login
	tls      *tls.Config
	patience time.Duration // with one answer
}

func newClient(a Access) (*client, error) {
	c := &client{login: a.loginFor, patience: answering, tls: &tls.Config{InsecureSkipVerify: a.Insecure, MinVersion: tls.VersionTLS12}}
	if a.CA == "" {
		return c, nil
	}
	data, err := os.ReadFile(a.CA)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	if c.tls.RootCAs, err = x509.SystemCertPool(); err != nil {
		c.tls.RootCAs = x509.NewCertPool()
	}
	if !c.tls.RootCAs.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("--ca-file: %s holds no certificate in PEM", a.CA)
	}
	return c, nil
}

// get asks once.
func (c *client) get(ctx context.Context, address string) Answer {
	a := Answer{URL: address}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	status, data, err := c.exchange(ctx, address)
	a.Status = status
	switch {
	case err != nil && ctx.Err() != nil:
		a.Problem = fmt.Sprintf("it does not answer within %v", c.patience)
	case err != nil:
		a.Problem = plain(err)
	case status != http.StatusOK:
		a.Problem = fmt.Sprintf("it answers with status %d", status)
	case len(data) == 0:
	default:
		if a.Data, err = normal(data, address); err != nil {
			a.Problem = err.Error()
		}
	}
	return a
}

// exchange sends a request and reads what comes back.
func (c *client) exchange(ctx context.Context, address string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "implycheck")
	request.Close = true
	c.login(request.URL.Hostname()).set(request.Header)
	conn, err := c.connect(ctx, request.URL)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := request.Write(conn); err != nil {
		return 0, nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxAnswer+maxHead)), request)
	if err != nil {
		return 0, nil, err
	}
	switch encoding := response.Header.Get("Content-Encoding"); {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return response.StatusCode, nil, unwanted("it sends elsewhere" + target(response) + ", which is not followed")
	case response.StatusCode != http.StatusOK:
		return response.StatusCode, nil, nil
	case encoding != "" && encoding != "identity":
		return response.StatusCode, nil, unwanted("it answers with something compressed, which nobody asked for")
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if len(body) > maxAnswer {
		err = tooLong()
	}
	return response.StatusCode, body, err
}

// target is where a redirect leads, as far as it may be said.
func target(r *http.Response) string {
	if to, err := r.Location(); err == nil && isHost(to.Hostname()) {
		return ", to " + (&url.URL{Scheme: to.Scheme, Host: to.Host}).String()
	}
	return ""
}

// connect opens a connection, with TLS where the address says so.
func (c *client) connect(ctx context.Context, u *url.URL) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connecting}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil || u.Scheme != "https" {
		return conn, err
	}
	config := c.tls.Clone()
	config.ServerName = u.Hostname()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// plain is an error of the network in words.
func plain(err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	var op *net.OpError
	var answered unwanted
	switch {
	case errors.As(err, &answered):
		return answered.Error()
	case errors.As(err, &unknown):
		return "its certificate is of an authority that is not known here: name its file with --ca-file"
	case errors.As(err, &name):
		return "its certificate is for another host"
	case errors.As(err, &invalid):
		return "its certificate is not valid: " + invalid.Error()
	case errors.As(err, &record):
		return "it does not speak TLS there"
	case errors.As(err, &dns):
		return "its name has no address here"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &op) && op.Timeout():
		return "it cannot be reached: nothing answers"
	case errors.As(err, &op) && op.Op == "dial":
		return "it cannot be reached: " + causeOf(op)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends the connection in the middle of an answer"
	}
	return "what it answers is not HTTP: " + err.Error()
}

// causeOf is the last part of an error of the system.
func causeOf(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}
