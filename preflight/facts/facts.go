// Package facts are the words that preflight and its prober speak: questions about
// a machine and what it depends on, and answers, as plain data with the shape that
// preflight --gather writes. An answer never holds a secret; a question may.
package facts

import (
	"reflect"
	"slices"
)

// Version is the version of what --gather writes.
const Version = 1

// Request is what the prober reads from its standard input: all questions at
// once. It answers with a line of JSON each, in the order in which they are ready.
type Request struct {
	// Seconds is how long all of it may take.
	Seconds   float64    `json:"seconds"`
	Questions []Question `json:"questions"`
}

// Secret is a text, or the variable of the prober's environment that holds it; where that is
// not set the text.
type Secret struct {
	Text     string `json:"text,omitempty"`
	Variable string `json:"variable,omitempty"`
}

// Known reports whether there is a text, or a variable that may hold one.
func (s Secret) Known() bool { return s.Text != "" || s.Variable != "" }

// Question is one thing to find out. Of the pointers one is set.
type Question struct {
	// Name is what the answer is found by, such as "zookeeper zk1:2181".
	Name     string    `json:"name"`
	Host     *Host     `json:"host,omitempty"`
	Java     *Java     `json:"java,omitempty"`
	Folder   *Folder   `json:"folder,omitempty"`
	Bind     *Bind     `json:"bind,omitempty"`
	Resolve  *Resolve  `json:"resolve,omitempty"`
	Dial     *Dial     `json:"dial,omitempty"`
	Jars     *Jars     `json:"jars,omitempty"`
	KeyStore *KeyStore `json:"keyStore,omitempty"`
	Time     *Time     `json:"time,omitempty"`
	Server   *Server   `json:"zooKeeperServer,omitempty"`
	Session  *Session  `json:"zooKeeperSession,omitempty"`
	Database *Database `json:"database,omitempty"`
	Store    *Store    `json:"store,omitempty"`
	HDFS     *HDFS     `json:"hdfs,omitempty"`
	Kafka    *Kafka    `json:"kafka,omitempty"`
	Digest   *Digest   `json:"digest,omitempty"`
}

// Answer is what was found out. Without a problem, the pointer that the question
// has set is set here too.
type Answer struct {
	Name string `json:"name"`
	// Milliseconds is how long it took.
	Milliseconds int64      `json:"ms"`
	Problem      *Problem   `json:"problem,omitempty"`
	Host         *Machine   `json:"host,omitempty"`
	Java         *Runtime   `json:"java,omitempty"`
	Folder       *Place     `json:"folder,omitempty"`
	Bind         *Bound     `json:"bind,omitempty"`
	Resolve      *Resolved  `json:"resolve,omitempty"`
	Dial         *Dialed    `json:"dial,omitempty"`
	Jars         *Found     `json:"jars,omitempty"`
	KeyStore     *Keys      `json:"keyStore,omitempty"`
	Time         *Offset    `json:"time,omitempty"`
	Server       *Stat      `json:"zooKeeperServer,omitempty"`
	Session      *Opened    `json:"zooKeeperSession,omitempty"`
	Database     *Schema    `json:"database,omitempty"`
	Store        *Bucket    `json:"store,omitempty"`
	HDFS         *Namespace `json:"hdfs,omitempty"`
	Kafka        *Brokers   `json:"kafka,omitempty"`
	Digest       *Sum       `json:"digest,omitempty"`
}

// Problem is why something could not be found out.
type Problem struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
}

// Kind is what sort of problem it is: for what a check may conclude.
type Kind string

// The kinds of problems.
const (
	// Refused: somebody is there, and nothing listens.
	Refused Kind = "refused"
	// Timeout: nothing came back; a firewall, or a machine that is off.
	Timeout Kind = "timeout"
	// Unreachable: the network says that there is no way.
	Unreachable Kind = "unreachable"
	// NoName: no such host.
	NoName Kind = "no such host"
	// Denied: this user may not look.
	Denied Kind = "denied"
	// Missing: there is no such file or folder.
	Missing Kind = "missing"
	// Rejected: the other side has understood, and said no.
	Rejected Kind = "rejected"
	// Unsupported: this program or this system cannot tell.
	Unsupported Kind = "unsupported"
	// Other is anything else.
	Other Kind = "other"
)

// Gathered is what --gather writes: one host.
type Gathered struct {
	Version int    `json:"version"`
	Tool    string `json:"tool"`
	// Host is what the machine calls itself.
	Host string `json:"host"`
	// Tree is the configuration that the questions were made from, Role the
	// processes that run on the host.
	Tree string   `json:"tree"`
	Role []string `json:"role"`
	// The rest are what the questions depend on besides: see preflight.Options.
	Home        string              `json:"home"`
	Guessed     bool                `json:"guessed,omitempty"`
	User        string              `json:"user,omitempty"`
	Probe       bool                `json:"probe,omitempty"`
	TimeServers []string            `json:"timeServers,omitempty"`
	Peers       map[string][]string `json:"peers,omitempty"`
	Answers     []Answer            `json:"answers"`
}

// Has reports whether a list of problems' kinds holds that of a problem.
func (p *Problem) Has(kinds ...Kind) bool { return p != nil && slices.Contains(kinds, p.Kind) }

// Answers reports whether an answer without a problem is to the question, which has a field
// of the same name: one that was gathered by somebody else, or by another version, may not be.
func (a Answer) Answers(q *Question) bool {
	asked, answered := reflect.ValueOf(q).Elem(), reflect.ValueOf(a)
	for i := range asked.NumField() {
		f := asked.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() && answered.FieldByName(asked.Type().Field(i).Name).IsNil() {
			return false
		}
	}
	return true
}
