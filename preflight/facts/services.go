package facts

// Server asks one server of ZooKeeper by its four-letter words.
type Server struct {
	Address string `json:"address"`
}

// Stat is what a server says of itself.
type Stat struct {
	Version string `json:"version"`
	// Mode is leader, follower, observer or standalone.
	Mode string `json:"mode"`
	Zxid string `json:"zxid"`
	// Denied is set where srvr is not allowed; nothing else is known then.
	Denied bool `json:"denied,omitempty"`
	// NotServing is set where it is up and has no quorum.
	NotServing  bool    `json:"notServing,omitempty"`
	Average     float64 `json:"averageLatencyMs"`
	Outstanding int64   `json:"outstanding"`
	Connections int64   `json:"connections"`
	// MinSession and MaxSession are in milliseconds, and MaxConnections are those
	// of one client's address; 0 where conf is not allowed.
	MinSession     int64 `json:"minSessionMs"`
	MaxSession     int64 `json:"maxSessionMs"`
	MaxConnections int64 `json:"maxConnections"`
	// Members are the servers of the ensemble, host:clientport where it says so.
	Members []string `json:"members,omitempty"`
}

// Session asks to open a session, and for some nodes.
type Session struct {
	Servers   []string `json:"servers"`
	TimeoutMS int64    `json:"timeoutMs"`
	// Scheme and Login are how to log in; empty for not at all. With a User, Login is
	// the password alone.
	User   string   `json:"user,omitempty"`
	Scheme string   `json:"scheme,omitempty"`
	Login  Secret   `json:"login"`
	Paths  []string `json:"paths"`
	// Probe asks to make a node below the first path, and to take it away again.
	Probe bool `json:"probe,omitempty"`
}

// Opened is a session.
type Opened struct {
	// TimeoutMS is what the server granted.
	TimeoutMS int64  `json:"timeoutMs"`
	Nodes     []Node `json:"nodes"`
	Wrote     string `json:"wrote,omitempty"`
	// WriteError is why it could not.
	WriteError string `json:"writeError,omitempty"`
}

// Node is a node of ZooKeeper.
type Node struct {
	Path     string `json:"path"`
	Exists   bool   `json:"exists"`
	Children int32  `json:"children"`
	// ACL are the entries: world:anyone:cdrwa.
	ACL []string `json:"acl,omitempty"`
	// Error is why it cannot be looked at.
	Error string `json:"error,omitempty"`
}

// Database asks a database.
type Database struct {
	// Kind is postgresql or mysql.
	Kind     string   `json:"kind"`
	Servers  []string `json:"servers"`
	Name     string   `json:"name"`
	User     Secret   `json:"user"`
	Password Secret   `json:"password"`
	// Schema is PostgreSQL's.
	Schema string `json:"schema,omitempty"`
	// TLS are the ways in which the driver may connect: several where it is not known
	// which driver it is. Folders may hold its file, whose name tells.
	TLS     []TLS    `json:"tls"`
	Folders []string `json:"folders,omitempty"`
	// RunsAs is who the driver runs as; empty where nobody says.
	RunsAs string `json:"runsAs,omitempty"`
	// Tables are those to look for.
	Tables []string `json:"tables"`
}

// TLS is how a driver of Java connects.
type TLS struct {
	// Driver is what people call it, and Jars how its file may begin.
	Driver string   `json:"driver"`
	Jars   []string `json:"jars,omitempty"`
	// Mode is disable, allow, prefer, require, verify-ca or verify-full, as PostgreSQL
	// calls them, or verify-name: the name and nothing else.
	Mode string `json:"mode"`
	// Dates is set where the dates of a certificate are looked at in any mode, OldTLS
	// where some servers are offered nothing but TLS 1.0 and 1.1.
	Dates  bool `json:"dates,omitempty"`
	OldTLS bool `json:"oldTls,omitempty"`
	// Root is a file of certificates that are trusted, Store a trust store; Home is
	// set where they are in .postgresql/root.crt of the user's home, and Java where,
	// without the others, those are trusted that Java trusts.
	Root  string    `json:"root,omitempty"`
	Store *KeyStore `json:"store,omitempty"`
	Home  bool      `json:"home,omitempty"`
	Java  bool      `json:"java,omitempty"`
	// Keys is set where the driver encrypts a password with a public key that it has, or
	// asks the server for: otherwise it does not log in without TLS where that is wanted.
	Keys bool `json:"keys,omitempty"`
	// Refused is why the driver does not even try, Unknown why this program cannot do
	// the same, and Ignored what is written and does not count.
	Refused string `json:"refused,omitempty"`
	Unknown string `json:"unknown,omitempty"`
	Ignored string `json:"ignored,omitempty"`
}

// Schema is what a database says.
type Schema struct {
	Server string `json:"server"`
	// Driver and Mode are the way in which it was reached, Ignored what does not count
	// in it, and Failed are drivers that would not have reached it, with the reason.
	Driver  string   `json:"driver,omitempty"`
	Mode    string   `json:"mode,omitempty"`
	Ignored string   `json:"ignored,omitempty"`
	Failed  []string `json:"failed,omitempty"`
	Version string   `json:"version"`
	Charset string   `json:"charset"`
	// Encrypted says whether the connection is.
	Encrypted bool     `json:"encrypted"`
	Tables    []string `json:"tables"`
	// MayCreate says whether the user may make tables, and Lacks which rights on
	// those that are there are missing: druid_segments INSERT.
	MayCreate bool     `json:"mayCreate"`
	Lacks     []string `json:"lacks,omitempty"`
	// MaxConnections and Connections, of which there are so many now, are those of the
	// server, or of what Limited names where that leaves fewer.
	Limited        string `json:"limited,omitempty"`
	MaxConnections int64  `json:"maxConnections"`
	Connections    int64  `json:"connections"`
	ReadOnly       bool   `json:"readOnly"`
	Replica        bool   `json:"replica"`
	MaxPacket      int64  `json:"maxPacket,omitempty"`
	// Unix is the database's time in milliseconds, and OffsetMS how far this clock
	// is behind it.
	OffsetMS int64 `json:"offsetMs"`
	// PingMS is how long a query takes.
	PingMS float64 `json:"pingMs"`
	// Unknown are the questions that this user may not ask.
	Unknown []string `json:"unknown,omitempty"`
}

// Store asks an object store.
type Store struct {
	// Kind is s3, gcs or azure.
	Kind     string `json:"kind"`
	Endpoint string `json:"endpoint"`
	Region   string `json:"region,omitempty"`
	Bucket   string `json:"bucket"`
	Prefix   string `json:"prefix"`
	// PathStyle puts the bucket into the path.
	PathStyle bool `json:"pathStyle,omitempty"`
	// AccessKey and Secret are what the tree says; without them the environment, the
	// user's files and the machine's role are asked, as Druid does.
	AccessKey Secret `json:"accessKey"`
	Secret    Secret `json:"secret"`
	// JavaKey and JavaSecret are -Daws.accessKeyId and the secret beside it.
	JavaKey    Secret `json:"javaKey"`
	JavaSecret Secret `json:"javaSecret"`
	// File is druid.s3.fileSessionCredentials; WebIdentity is set where the token of a
	// pod counts.
	File        string `json:"file,omitempty"`
	WebIdentity bool   `json:"webIdentity,omitempty"`
	// Encryption is what the store is told to encrypt objects with, KeyID the key of that.
	Encryption string `json:"encryption,omitempty"`
	KeyID      string `json:"keyId,omitempty"`
	// Account is Azure's, and Secret its key; in its place Signature is a shared access
	// signature, or Chain is set where the environment or the machine, whose identity
	// ClientID may name, is asked for a token.
	Account   string `json:"account,omitempty"`
	Signature Secret `json:"signature"`
	Chain     bool   `json:"chain,omitempty"`
	ClientID  string `json:"clientId,omitempty"`
	// Create is set where the client that a probe stands for asks to make the bucket
	// before it writes, and not only whether it is there.
	Create bool `json:"create,omitempty"`
	// Probe asks to put an object below the prefix, and to take it away again.
	Probe bool `json:"probe,omitempty"`
}

// Where is the bucket and the prefix, as people call them: Azure's have no scheme, and
// are called by their URL.
func (s Store) Where() string {
	scheme := s.Endpoint + "/"
	switch s.Kind {
	case "s3":
		scheme = "s3://"
	case "gcs":
		scheme = "gs://"
	}
	return scheme + s.Bucket + "/" + s.Prefix
}

// Bucket is what an object store says.
type Bucket struct {
	// Credentials says where they were found, and Type what they are, where a file of
	// Google says it.
	Credentials string `json:"credentials"`
	Type        string `json:"type,omitempty"`
	// Region is that of the bucket, where the store says it.
	Region string `json:"region,omitempty"`
	// Head and List are the statuses of the two requests, and Code what S3 calls
	// the mistake.
	Head int    `json:"head"`
	List int    `json:"list"`
	Code string `json:"code,omitempty"`
	// Message is what the store says of it.
	Message string `json:"message,omitempty"`
	// Signature is what a shared access signature says of itself.
	Signature *Signature `json:"signature,omitempty"`
	// Lacks are permissions that the store says the credentials have not, and
	// RightsError why it does not say it.
	Lacks       []string `json:"lacks,omitempty"`
	RightsError string   `json:"rightsError,omitempty"`
	// OffsetMS is how far this clock is behind the store's.
	OffsetMS   int64  `json:"offsetMs"`
	Wrote      string `json:"wrote,omitempty"`
	WriteError string `json:"writeError,omitempty"`
	// Left is an object that a probe wrote and could not take away.
	Left string `json:"left,omitempty"`
}

// Signature are the fields of a shared access signature, without what is secret.
type Signature struct {
	// Permissions are letters such as racwdl, Services those of the account (b for
	// blobs), Types what in it (s, c and o: service, container and object).
	Permissions string `json:"permissions"`
	Services    string `json:"services,omitempty"`
	Types       string `json:"types,omitempty"`
	// Resource is c for a container and b for a blob, where it is not of an account.
	Resource string `json:"resource,omitempty"`
	// Policy is set where rights and dates are kept by the container.
	Policy string `json:"policy,omitempty"`
	// Starts and Expires are seconds since 1970, 0 where it does not say.
	Starts  int64 `json:"starts,omitempty"`
	Expires int64 `json:"expires,omitempty"`
}

// Kafka asks brokers for themselves.
type Kafka struct {
	Servers []string `json:"servers"`
}

// Brokers are those of a cluster.
type Brokers struct {
	Version string   `json:"version"`
	Brokers []string `json:"brokers"`
	// Unreachable are brokers that the cluster names and that do not answer.
	Unreachable []string `json:"unreachable,omitempty"`
}
