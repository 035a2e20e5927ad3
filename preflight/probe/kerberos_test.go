package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight/facts"
)

const realm = "[libdefaults]\n default_realm = MEADOW.EXAMPLE\n"

// kerberosWith is why nobody can log in with two files.
func kerberosWith(t *testing.T, keys []byte, conf string) *facts.Problem {
	t.Helper()
	dir := t.TempDir()
	q := facts.Kerberos{Principal: "druid@MEADOW.EXAMPLE", Keytab: filepath.Join(dir, "keytab"), Conf: filepath.Join(dir, "krb5.conf")}
	require.NoError(t, os.WriteFile(q.Keytab, keys, 0o600))
	require.NoError(t, os.WriteFile(q.Conf, []byte(conf), 0o644))
	_, err := kerberos(t.Context(), q)
	require.Error(t, err)
	return problem(err)
}

func keysOfDruid(t *testing.T, kinds ...int32) []byte {
	t.Helper()
	keys := keytab.New()
	for _, kind := range append(kinds, 17) {
		require.NoError(t, keys.AddEntry("druid", "MEADOW.EXAMPLE", "rosebud7rosebud7", time.Unix(1700000000, 0), 1, kind))
	}
	text, err := keys.Marshal()
	require.NoError(t, err)
	return text
}

// What is in the files is not said, whatever they are: the configuration names them, and
// a keytab that was cut off has keys in it.
func TestKerberosFiles(t *testing.T) {
	t.Parallel()
	whole := keysOfDruid(t)
	entry := keytab.New()
	require.NoError(t, entry.Unmarshal(whole))
	key := string(entry.Entries[0].Key.KeyValue)
	for cut := range len(whole) + 1 {
		p := kerberosWith(t, append(whole[:cut:cut], 0, 1, 0, 0), realm)
		require.Equal(t, facts.Unsupported, p.Kind, "%d: %s", cut, p.Text)
		require.NotContains(t, p.Text, key)
		require.NotContains(t, p.Text, key[:4])
		require.Less(t, len(p.Text), 400)
	}
	p := kerberosWith(t, whole, "[realms]\nroot:$6$rosebud7:19000:0:99999:7:::\nMEADOW.EXAMPLE = {\nroot:$6$rosebud7\n}\n")
	require.Equal(t, facts.Unsupported, p.Kind)
	require.NotContains(t, p.Text, "rosebud7")
	p = kerberosWith(t, whole, "[libdefaults]\nroot:$6$rosebud7:19000:0:99999:7:::\n")
	require.Equal(t, facts.Unsupported, p.Kind)
	require.NotContains(t, p.Text, "rosebud7")
}

// Where a KDC is, Java finds out in more ways than this program: from included files, and
// from the DNS.
func TestKerberosRealm(t *testing.T) {
	t.Parallel()
	whole := keysOfDruid(t)
	for _, conf := range []string{"", realm, "includedir /etc/krb5.conf.d/\n" + realm, realm + "[realms]\n OTHER.EXAMPLE = {\n kdc = kdc.example\n }\n"} {
		require.Equal(t, facts.Unsupported, kerberosWith(t, whole, conf).Kind, conf)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	at := " MEADOW.EXAMPLE = {\n kdc = " + l.Addr().String() + "\n }\n"
	require.Equal(t, facts.Rejected, kerberosWith(t, whole, realm+"[realms]\n"+at).Kind, "nothing listens, for either way")
	udp, err := net.ListenPacket("udp", l.Addr().String())
	require.NoError(t, err)
	asked := make(chan struct{})
	go func() {
		_, from, _ := udp.ReadFrom(make([]byte, 4096))
		_, _ = udp.WriteTo([]byte("no"), from)
		close(asked)
	}()
	t.Cleanup(func() { _ = udp.Close() })
	kerberosWith(t, whole, realm+" udp_preference_limit = 1465\n[realms]\n"+at)
	<-asked
}

// A file that does not end is not read.
func TestSmallFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	large, err := os.Create(filepath.Join(dir, "large"))
	require.NoError(t, err)
	require.NoError(t, large.Truncate(1<<40))
	require.NoError(t, large.Close())
	for path, kind := range map[string]facts.Kind{
		"/dev/zero": facts.Unsupported, filepath.Join(dir, "pipe"): facts.Unsupported, filepath.Join(dir, "large"): facts.Unsupported,
		dir: facts.Rejected, filepath.Join(dir, "none"): facts.Missing,
	} {
		_, err := smallFile(path)
		require.Error(t, err)
		require.Equal(t, kind, problem(err).Kind, path)
	}
}

// nameServer knows one name of every address, or none (RFC 1035).
func nameServer(t *testing.T, name ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		for q := make([]byte, 512); ; {
			_, from, err := conn.ReadFrom(q)
			if err != nil {
				return
			}
			end := bytes.IndexByte(q[12:], 0) + 12 + 5 // of the question: its type and class
			answer := append([]byte{q[0], q[1], 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
			if len(name) > 0 {
				labels := "\x00"
				for _, label := range slices.Backward(name) {
					labels = string(rune(len(label))) + label + labels
				}
				answer[3], answer[7] = 0x80, 1
				answer = append(answer, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, byte(len(labels)))
				answer = append(answer, labels...)
			}
			_, _ = conn.WriteTo(answer, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("udp", conn.LocalAddr().String())
	}}
}

// The name of a server is that of its address, in small letters.
func TestPrincipalAt(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8020}
	dns := nameServer(t, "NN1", "Meadow", "example")
	require.Equal(t, "nn/nn1.meadow.example@MEADOW.EXAMPLE", principalAt(t.Context(), dns, "nn/_HOST@MEADOW.EXAMPLE", at))
	require.Equal(t, "nn/nn2.example", principalAt(t.Context(), dns, "nn/nn2.example", at))
	require.Empty(t, principalAt(t.Context(), dns, "", at))
	require.Equal(t, "nn/_HOST", principalAt(t.Context(), nameServer(t), "nn/_HOST", at), "the address has no name")
}

// A KDC is asked for what the keytab has a key of: one with RC4 alone, as Windows makes it,
// is enough for Java where the KDC would rather have AES.
func TestKerberosEncryptions(t *testing.T) {
	t.Parallel()
	asked := make(chan []int32, 1)
	kdc := serve(t, func(conn net.Conn) {
		defer conn.Close()
		size := make([]byte, 4)
		if _, err := io.ReadFull(conn, size); err != nil {
			return
		}
		text := make([]byte, binary.BigEndian.Uint32(size))
		_, _ = io.ReadFull(conn, text)
		var q messages.ASReq
		_ = q.Unmarshal(text)
		asked <- q.ReqBody.EType
	})
	at := "[realms]\n MEADOW.EXAMPLE = {\n kdc = " + kdc + "\n }\n"
	for _, c := range []struct {
		conf string
		has  []int32
		want []int32
	}{
		{"", nil, []int32{17}},
		{"", []int32{23, 18}, []int32{18, 17, 23}},
		{"", []int32{20}, []int32{20, 17}},
		{" default_tkt_enctypes = arcfour-hmac-md5\n", []int32{18, 23}, []int32{23}},
		{" default_tkt_enctypes = arcfour-hmac-md5\n", []int32{18}, []int32{23}},
	} {
		kerberosWith(t, keysOfDruid(t, c.has...), realm+c.conf+at)
		require.Equal(t, c.want, <-asked, "%+v", c)
	}
}

// A KDC that announces four gigabytes, and sends them, is not read.
func TestFloodOfKDC(t *testing.T) {
	t.Parallel()
	const most = 256 << 20
	sent := make(chan int, 1)
	kdc := serve(t, func(conn net.Conn) {
		defer conn.Close()
		head := make([]byte, 4)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		go func() { _, _ = io.Copy(io.Discard, conn) }()
		total, block := 0, bytes.Repeat([]byte{0xff}, 1<<20)
		for err := error(nil); err == nil && total < most; total += len(block) {
			_, err = conn.Write(block)
		}
		sent <- total
	})
	p := kerberosWith(t, keysOfDruid(t), realm+"[realms]\n MEADOW.EXAMPLE = {\n kdc = "+kdc+"\n }\n")
	require.Less(t, <-sent, most)
	require.Equal(t, facts.Rejected, p.Kind)
	require.Contains(t, p.Text, kdc, "the server, and not what stands before it")
}
