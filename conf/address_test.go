package conf

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"zk1":                            "[{zk1 9}]",
		"zk1:2181, ZK2:2182":             "[{zk1 2181} {zk2 2182}]",
		"zk1,zk2/druid,zk3":              "[{zk1 9} {zk2 9}]", // a path, as ZooKeeper reads it
		"zk1,zk1":                        "[{zk1 9}]",
		"zk1:1,zk1:2":                    "[{zk1 1} {zk1 2}]",
		"[::1]:2181":                     "[{::1 2181}]",
		"[2001:db8::1]":                  "[{2001:db8::1 9}]",
		"2001:db8::1":                    "[{2001:db8::1 9}]",
		"zk1:65535,zk2:65536,zk3:0,z4:x": "[{zk1 65535} {zk2 9} {zk3 9} {z4 9}]",
		"":                               "[]",
		":2181":                          "[]",
		",,":                             "[]",
	} {
		require.Equal(t, want, fmt.Sprint(addresses(Addresses(text, 9))), text)
	}
	for text, want := range map[string]string{
		"jdbc:mysql://db/druid":                              "[{db 9}]",
		"jdbc:mysql://u:p@db:3307/druid":                     "[{db 3307}]",
		"jdbc:mysql://u:p@x@db":                              "[{db 9}]",
		"jdbc:postgresql://a:1,b:2/druid?sslmode=require":    "[{a 1} {b 2}]",
		"jdbc:derby://localhost:1527/var/x.db;create=true":   "[{localhost 1527}]",
		"jdbc:sqlserver://db;databaseName=a/b":               "[{db 9}]",
		"http://h?x=y/z":                                     "[{h 9}]",
		"jdbc:mysql://address=(host=db)(port=3306)/druid":    "[]",
		"db.internal:3306":                                   "[]",
		"jdbc:derby:memory:druid":                            "[]",
		"jdbc:postgresql://[2001:db8::1]:5433,[::2]/x?y=a@b": "[{2001:db8::1 5433} {::2 9}]",
	} {
		require.Equal(t, want, fmt.Sprint(addresses(URLAddresses(text, 9))), text)
	}
}

// addresses have no method that writes them in another way.
func addresses(list []Address) (plain []struct {
	Host string
	Port int64
}) {
	for _, a := range list {
		plain = append(plain, struct {
			Host string
			Port int64
		}(a))
	}
	return plain
}

// What is written is read back, IPv6 in brackets.
func TestAddressesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Address{rapid.SampledFrom([]string{"zk1.internal", "10.0.0.1", "2001:db8::1", "::1"}).Draw(t, "host"), rapid.Int64Range(1, 65535).Draw(t, "port")}
		got, ok := ParseAddress(a.String(), 0)
		require.True(t, ok)
		require.Equal(t, a, got)
	})
}

// RFC 6890 has 127.0.0.0/8 and ::1 for the machine itself; 0.0.0.0 and :: are every
// address of it.
func TestLoopback(t *testing.T) {
	for host, want := range map[string][2]bool{
		"localhost": {true, false}, "LocalHost": {true, false}, "localhost.localdomain": {true, false}, "127.0.0.1": {true, false}, "127.9.9.9": {true, false},
		"::1": {true, false}, "0.0.0.0": {true, true}, "::": {true, true}, "128.0.0.1": {}, "10.0.0.1": {}, "zk1": {}, "localhost.internal": {}, "": {},
	} {
		require.Equal(t, want, [2]bool{IsLoopback(host), IsAnyAddress(host)}, host)
	}
	list := []Address{{"localhost", 1}, {"zk1", 2}, {"127.0.0.1", 3}}
	require.Equal(t, []Address{{"zk1", 2}}, Remote(list))
	require.Equal(t, "localhost:1, zk1:2, 127.0.0.1:3", JoinAddresses(list), "Remote leaves the list itself alone")
	for n, want := range map[int64]bool{0: false, -1: false, 1: true, 65535: true, 65536: false} {
		require.Equal(t, want, IsPort(n), n)
	}
}
