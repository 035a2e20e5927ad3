package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/beevik/ntp"

	"github.com/implycheck/implycheck/preflight/facts"
)

// connect opens a connection, in the time that one may take, of which no more is read
// than a server has to say.
func connect(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: connectTime}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &measured{Conn: conn}, nil
}

// longestConversation is more than any server has to say to this program.
const longestConversation = 16 << 20

// measured is a connection that ends behind that: clients keep what they are told, until
// there is no memory.
type measured struct {
	net.Conn
	read int64
}

// Read counts.
func (m *measured) Read(b []byte) (int, error) {
	if m.read > longestConversation {
		return 0, errUnsupported{"it says more than anybody who is asked so little: no more of it is read"}
	}
	n, err := m.Conn.Read(b)
	m.read += int64(n)
	return n, err
}

// dial connects and says nothing. Over UDP it only finds out that there is a way.
func dial(ctx context.Context, q facts.Dial) (*facts.Dialed, error) {
	conn, err := connect(ctx, q.Network, q.Address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return &facts.Dialed{Address: conn.RemoteAddr().String()}, nil
}

// resolve looks a name up as the system does; without one, the machine's own.
func resolve(ctx context.Context, q facts.Resolve) (*facts.Resolved, error) {
	if q.Host == "" {
		name, err := os.Hostname()
		if err != nil {
			return nil, err
		}
		q.Host = name
	}
	addresses, err := net.DefaultResolver.LookupHost(ctx, q.Host)
	if err != nil {
		return nil, err
	}
	r := &facts.Resolved{}
	for i, a := range addresses {
		if !q.Reverse {
			break
		}
		names, _ := net.DefaultResolver.LookupAddr(ctx, a)
		if i == 0 {
			r.Canonical = strings.TrimSuffix(append(names, q.Host)[0], ".")
		}
		r.Names = append(r.Names, names...)
	}
	slices.Sort(addresses)
	r.Addresses = slices.Compact(addresses)
	slices.Sort(r.Names)
	r.Names = slices.Compact(r.Names)
	return r, nil
}

// bind tries a port as Druid's own bin/verify-default-ports does: everywhere and on
// the loopback, with SO_REUSEADDR, so that connections of a process that has ended
// are not in the way. The first is [::], as Java's, where there is IPv6.
func bind(q facts.Bind) *facts.Bound {
	var config net.ListenConfig
	config.Control = func(_, _ string, c syscall.RawConn) (err error) {
		control := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) })
		if control != nil {
			return control
		}
		return err
	}
	hosts := []string{"0.0.0.0", "127.0.0.1"}
	if q.Only {
		if q.Address == "" {
			q.Address, _ = os.Hostname()
		}
		hosts = []string{q.Address}
	}
	for _, host := range hosts {
		at := net.JoinHostPort(host, strconv.FormatInt(q.Port, 10))
		l, err := config.Listen(context.Background(), "tcp", at)
		if err != nil {
			return &facts.Bound{At: at, Error: err.Error()}
		}
		_ = l.Close()
	}
	return &facts.Bound{Free: true}
}

// offset compares the clock with another's.
func offset(ctx context.Context, q facts.Time) (*facts.Offset, error) {
	if q.NTP != "" {
		return sntp(ctx, q.NTP)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, q.URL, nil)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	response, err := client().Do(request)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	return dateOffset(response.Header, start, time.Now())
}

// dateOffset reads the header Date, which has no fractions of seconds, and was
// written between two times here.
func dateOffset(header http.Header, before, after time.Time) (*facts.Offset, error) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return nil, fmt.Errorf("it says no date: %w", err)
	}
	here := before.Add(after.Sub(before) / 2)
	return &facts.Offset{MS: date.Add(500 * time.Millisecond).Sub(here).Milliseconds(), PrecisionMS: 500 + after.Sub(before).Milliseconds()/2}, nil
}

func sntp(ctx context.Context, server string) (*facts.Offset, error) {
	timeout := connectTime
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline))
	}
	response, err := ntp.QueryWithOptions(server, ntp.QueryOptions{Timeout: timeout})
	if err != nil {
		return nil, err
	}
	if err := response.Validate(); err != nil {
		return nil, err
	}
	return &facts.Offset{MS: response.ClockOffset.Milliseconds(), PrecisionMS: response.RTT.Milliseconds()/2 + 1}, nil
}

// client follows no redirection, and takes proxies from the environment as Druid's
// clients do not: so it takes none.
func client() *http.Client {
	return &http.Client{
		Transport:     bounded{&http.Transport{DialContext: (&net.Dialer{Timeout: connectTime}).DialContext, TLSHandshakeTimeout: connectTime, DisableKeepAlives: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// longestBody is more than any server has to say to this program.
const longestBody = 1 << 20

// bounded reads no more of an answer than that, as it is once it is unpacked.
type bounded struct{ http.RoundTripper }

// RoundTrip asks.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, longestBody), response.Body}
	}
	return response, err
}
