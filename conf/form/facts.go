package form

// FactKind is what a Fact is about.
type FactKind string

// The kinds of facts.
const (
	// LostName is a variable that the image's shell does not import.
	LostName FactKind = "lost name"
	// LostLines are the further lines of a value, of which the first counts.
	LostLines FactKind = "lost lines"
	// Glued is a value that ends in a backslash, and takes the next variable in.
	Glued FactKind = "glued"
	// HostGlued is a last line without an end, to which the script adds druid.host.
	HostGlued FactKind = "host glued"
	// Interpreted is a value in which echo -e finds an escape.
	Interpreted FactKind = "interpreted"
	// Deleted is a line of another key that a variable deletes.
	Deleted FactKind = "deleted"
	// UnknownFile is a file that a variable names, and that is not known.
	UnknownFile FactKind = "unknown file"
	// UnseenMount is a mounted folder or file that is not among the files, and may
	// have configuration in it.
	UnseenMount FactKind = "unseen mount"
	// Fails is a container that its script stops before anything is started.
	Fails FactKind = "fails"
	// Idle is a container that starts no process, since the words in Name are none; Detail
	// is the one that is meant, if they are only written otherwise.
	Idle FactKind = "idle"
	// Refused is what Compose refuses to start anything for.
	Refused FactKind = "refused"
	// Twice is a variable that its file sets again; Other is the one that counts.
	Twice FactKind = "twice"
	// Latest is an image without a release.
	Latest FactKind = "latest"
	// Unread is a mounted file that the container does not look at; Detail says why.
	Unread FactKind = "unread"
	// DeadName is a variable that nothing reads.
	DeadName FactKind = "dead name"
	// CopiedOver is a variable whose line is in a file that another one replaces afterwards,
	// which the variable in Detail names.
	CopiedOver FactKind = "copied over"

	// NoAnswer is a process of a running cluster that is announced and does not say what
	// it was told; Detail says why. Undiscovered is one that does not find itself among
	// those that are announced.
	NoAnswer     FactKind = "no answer"
	Undiscovered FactKind = "undiscovered"
	// NotReady is a Broker that does not know the cluster yet.
	NotReady FactKind = "not ready"
	// NoLeader is a cluster in which none of the processes of the role in Name leads, and
	// NoneOf one without any.
	NoLeader FactKind = "no leader"
	NoneOf   FactKind = "none of"
	// OtherVersion is a process that does not run the version of another one; Detail says
	// both.
	OtherVersion FactKind = "other version"
	// Alone is the only process that was asked, since it knows no others.
	Alone FactKind = "alone"
	// Full is a Historical with segments of more than 90 % of what it may hold; Detail is
	// how much, in percent.
	Full FactKind = "full"
	// Uncompacted is a datasource that nothing compacts and that has time chunks of
	// several small segments, by their number in Detail.
	Uncompacted FactKind = "uncompacted"
)

// Fact is something that a reader notices and no file says: rules ask for it.
type Fact struct {
	Kind    FactKind
	At      Place
	Service string
	// Name is that of the variable or property; Detail and Other are whatever else
	// there is to say, and where.
	Name, Detail string
	Other        Place
	Stock        bool // Other is a value of the image
}
