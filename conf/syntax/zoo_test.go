package syntax

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func propertiesOf(pairs ...string) *Properties {
	p := &Properties{last: map[string]int{}}
	for i := 0; i < len(pairs); i += 2 {
		p.last[pairs[i]] = len(p.Entries)
		p.Entries = append(p.Entries, Entry{Key: pairs[i], Value: pairs[i+1]})
	}
	return p
}

func TestParseZoo(t *testing.T) {
	p := propertiesOf("tickTime", "1", "tickTime", " 2000 ", "dataDir", "var/zk ", "clientPort", "2181",
		"initLimit", "5", "server.1", "a:2888:3888", "server.2", "x", "server.2", "b:2888:3888:observer", "server.x", "c:1:2")
	zoo := ParseZoo(p)
	require.Equal(t, ZooInt{Value: 2000, Entry: &p.Entries[1]}, zoo.TickTime)
	require.Equal(t, ZooText{Value: "var/zk", Entry: &p.Entries[2]}, zoo.DataDir)
	require.Equal(t, ZooInt{Value: 2181, Entry: &p.Entries[3]}, zoo.ClientPort)
	require.Equal(t, 5, zoo.InitLimit.Value)
	require.Equal(t, ZooInt{}, zoo.SyncLimit)
	require.Len(t, zoo.Servers, 3)
	require.Equal(t, ZooServer{ID: 1, Host: "a", PeerPort: 2888, ElectionPort: 3888, Role: "participant", Entry: &p.Entries[5]}, zoo.Servers[0])
	require.Equal(t, ZooServer{ID: 2, Host: "b", PeerPort: 2888, ElectionPort: 3888, Role: "observer", Entry: &p.Entries[7]}, zoo.Servers[1])
	require.Contains(t, zoo.Servers[2].Err, "not a number")
}

func TestZooServers(t *testing.T) {
	for value, want := range map[string]ZooServer{
		"a:1:2":               {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "participant"},
		" a:1:2 ":             {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "participant"},
		"a:1:2:Participant":   {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "participant"},
		"a:1:2:OBSERVER;2181": {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "observer", ClientPort: 2181},
		"a:1:2;0.0.0.0:2181":  {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "participant", ClientPort: 2181},
		"[::1]:1:2":           {Host: "::1", PeerPort: 1, ElectionPort: 2, Role: "participant"},
		"[::1:1:2":            {Role: "participant", Err: "a host that begins with [ needs ]: behind it"},
		"a":                   {Host: "a", Role: "participant", Err: "not of the form host:peerPort:electionPort[:role]"},
		"":                    {Role: "participant", Err: "not of the form host:peerPort:electionPort[:role]"},
		":1:2":                {Role: "participant", Err: "not of the form host:peerPort:electionPort[:role]"},
		"a:1:2:observer:x":    {Host: "a", Role: "participant", Err: "not of the form host:peerPort:electionPort[:role]"},
		"a:1":                 {Host: "a", PeerPort: 1, Role: "participant", Err: "the election port is missing: host:peerPort:electionPort"},
		"a:0:2":               {Host: "a", ElectionPort: 2, Role: "participant", Err: "the peer port is not a port"},
		"a:1:65536":           {Host: "a", PeerPort: 1, Role: "participant", Err: "the election port is not a port"},
		"a:x:y:z":             {Host: "a", Role: "z", Err: "the peer port is not a port"},
		"a:1:2:leader":        {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "leader", Err: "the role is participant or observer"},
		"a:1:2;x":             {Host: "a", PeerPort: 1, ElectionPort: 2, Role: "participant", Err: "the client port is not a port"},
	} {
		got := ParseZoo(propertiesOf("server.3", value)).Servers[0]
		want.ID = 3
		got.Entry = nil
		require.Equal(t, want, got, value)
	}
}

func TestZooNumbers(t *testing.T) {
	for value, want := range map[string]string{
		"1": "", "+7": "", "": "not a number", "x": "not a number", "1.5": "not a number", "2147483648": "not a number",
		"0": "not a positive number", "-3": "not a positive number",
	} {
		require.Equal(t, want, ParseZoo(propertiesOf("syncLimit", value)).SyncLimit.Err, value)
	}
	require.Equal(t, "not a port", ParseZoo(propertiesOf("clientPort", "65536")).ClientPort.Err)
}
