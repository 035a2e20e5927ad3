package facts

// Host asks for what the kernel tells of the machine.
type Host struct{}

// Machine is what a machine is, as far as this user may see it.
type Machine struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
	UID       int      `json:"uid"`
	User      string   `json:"user"`
	Kernel    string   `json:"kernel"`
	Arch      string   `json:"arch"`
	PageSize  int64    `json:"pageSize"`
	Cores     int64    `json:"cores"`
	// Memory is what processes here may use, within the limit of a container, and
	// MemoryFrom who says so; 0 where nothing does. Available is what is free now, of all the machine's.
	Memory     int64  `json:"memory"`
	MemoryFrom string `json:"memoryFrom"`
	Available  int64  `json:"available"`
	// Limits are those that the shell or service which called gave, by name; From is where
	// they were read.
	Limits map[string]Limit `json:"limits"`
	// Settings are files below /proc and /sys, by their path.
	Settings map[string]string `json:"settings"`
	Swaps    []string          `json:"swaps,omitempty"`
	// CommitLimit and Committed matter where the kernel does not overcommit.
	CommitLimit int64 `json:"commitLimit"`
	Committed   int64 `json:"committed"`
	Clock       Clock `json:"clock"`
	TimeZone    Zone  `json:"timeZone"`
	NUMANodes   int   `json:"numaNodes"`
	// Container is set where this is seen from inside of one.
	Container bool `json:"container,omitempty"`
	// Sockets are the TCP ports that somebody listens on.
	Sockets []Socket `json:"sockets"`
	// Unix is the machine's time in milliseconds.
	Unix int64 `json:"unixMs"`
	// Units are those of systemd that start Druid.
	Units []Unit `json:"units,omitempty"`
	// TimeServers are those of chrony and timesyncd.
	TimeServers []string `json:"timeServers,omitempty"`
	// Unread are files that are there and do not tell what they should, by their path, with
	// the reason.
	Unread map[string]string `json:"unread,omitempty"`
}

// Unit is a service of systemd that starts Druid, and what it limits.
type Unit struct {
	Path string `json:"path"`
	User string `json:"user,omitempty"`
	// Limits are LimitNOFILE and LimitNPROC as they are written, by nofile and nproc.
	Limits map[string]string `json:"limits,omitempty"`
}

// Limit is a resource limit; -1 is none.
type Limit struct {
	Soft int64  `json:"soft"`
	Hard int64  `json:"hard"`
	From string `json:"from"`
}

// Clock is what the kernel knows of its clock.
type Clock struct {
	Known        bool  `json:"known"`
	Synchronized bool  `json:"synchronized"`
	MaxErrorMS   int64 `json:"maxErrorMs"`
}

// Zone is the machine's time zone; without a name it is not known.
type Zone struct {
	Name string `json:"name"`
	From string `json:"from"`
	UTC  bool   `json:"utc"`
}

// Socket is a port that somebody listens on.
type Socket struct {
	Address string `json:"address"`
	Port    int64  `json:"port"`
	UID     int    `json:"uid"`
	// Process is empty where only root may tell.
	Process string `json:"process,omitempty"`
}

// Java asks which Java bin/run-java would start.
type Java struct {
	// Verify is the tree's own bin/verify-java, if there is one.
	Verify string `json:"verify,omitempty"`
}

// Runtime is the Java that was found.
type Runtime struct {
	Home string `json:"home"`
	// From says what names it: DRUID_JAVA_HOME, JAVA_HOME or PATH.
	From string `json:"from"`
	// None is set where there is no bin/java in Home.
	None    bool   `json:"none,omitempty"`
	Version string `json:"version"`
	Major   int    `json:"major"`
	// Skip is set where DRUID_SKIP_JAVA_CHECK is.
	Skip bool `json:"skip"`
	// Verify is the text of the tree's own bin/verify-java.
	Verify string `json:"verify,omitempty"`
}

// Folder asks for a folder, or a file.
type Folder struct {
	Path string `json:"path"`
	// User is who Druid runs as; empty for whoever asks.
	User string `json:"user,omitempty"`
	// Measure asks for the size of what is in it.
	Measure bool `json:"measure,omitempty"`
	// Probe asks to write a file there, and to take it away again.
	Probe bool `json:"probe,omitempty"`
}

// Place is what a folder is, or the nearest one above that exists.
type Place struct {
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
	IsDir  bool   `json:"isDir"`
	// Nearest is the folder itself, or that above it in which it would be made.
	Nearest string `json:"nearest"`
	// Dangling is a link on the way to what does not exist, in words: nobody makes a folder
	// in its place.
	Dangling string `json:"dangling,omitempty"`
	Mode     string `json:"mode"`
	UID      int    `json:"uid"`
	GID      int    `json:"gid"`
	// User is who the next two are about.
	User string `json:"user"`
	// Blocked is the first folder above that the user may not enter.
	Blocked  string `json:"blocked,omitempty"`
	Writable bool   `json:"writable"`
	Readable bool   `json:"readable"`
	Mount    Mount  `json:"mount"`
	// Size, Free, Inodes and InodesFree are the file system's. Free is what a user
	// other than root may take.
	Size       int64 `json:"size"`
	Free       int64 `json:"free"`
	Inodes     int64 `json:"inodes"`
	InodesFree int64 `json:"inodesFree"`
	// Used is what is in it, if that was asked, and -1 if it took too long.
	Used int64 `json:"used"`
	// Wrote is what a probe wrote and took away.
	Wrote string `json:"wrote,omitempty"`
	// WriteError is why it could not.
	WriteError string `json:"writeError,omitempty"`
}

// Mount is what a folder is on.
type Mount struct {
	Device  string   `json:"device"`
	Point   string   `json:"point"`
	Kind    string   `json:"kind"`
	Source  string   `json:"source"`
	Options []string `json:"options"`
}

// Bind asks whether a port can be bound.
type Bind struct {
	// Only is set where nothing else than the address is bound; without an address it is
	// that of the machine's name. Else all addresses are, and the loopback.
	Only    bool   `json:"only,omitempty"`
	Address string `json:"address,omitempty"`
	Port    int64  `json:"port"`
}

// Bound says whether it could.
type Bound struct {
	Free bool `json:"free"`
	// At is the address that failed, and Error why.
	At    string `json:"at,omitempty"`
	Error string `json:"error,omitempty"`
}

// Resolve asks for the addresses of a name.
type Resolve struct {
	Host string `json:"host"`
	// Reverse asks for the names of those, too.
	Reverse bool `json:"reverse,omitempty"`
}

// Resolved are the addresses of a name.
type Resolved struct {
	Addresses []string `json:"addresses"`
	Names     []string `json:"names,omitempty"`
	// Canonical is the first name of the first address: what Java announces.
	Canonical string `json:"canonical,omitempty"`
}

// Dial asks whether somebody listens.
type Dial struct {
	// Network is tcp or udp.
	Network string `json:"network"`
	Address string `json:"address"`
}

// Dialed says that somebody does.
type Dialed struct {
	Address string `json:"address"`
}

// Jars asks for the jars of folders, and which of some classes they hold.
type Jars struct {
	Folders []string `json:"folders"`
	Classes []string `json:"classes,omitempty"`
}

// Found are the jars that were found.
type Found struct {
	// Jars are paths; Missing are folders that do not exist, and Folders the names
	// of those inside.
	Jars    []string `json:"jars"`
	Missing []string `json:"missing,omitempty"`
	Folders []string `json:"folders,omitempty"`
	// Classes are the classes that were found, by name, and the jar of each.
	Classes map[string]string `json:"classes,omitempty"`
	// Broken are jars that cannot be read, with the reason.
	Broken []string `json:"broken,omitempty"`
}

// Digest asks for the SHA-256 of files, each by a name of its own.
type Digest struct {
	Paths map[string]string `json:"paths"`
}

// Sum are digests by name.
type Sum struct {
	Files map[string]string `json:"files"`
}

// KeyStore asks for the certificates of a store.
type KeyStore struct {
	Path     string `json:"path"`
	Password Secret `json:"password"`
	// Alias is the key that is used, empty for any.
	Alias string `json:"alias,omitempty"`
}

// Keys are what a store holds.
type Keys struct {
	// Type is JKS or PKCS12.
	Type string `json:"type"`
	// Aliases are the entries with keys, as far as the type names them.
	Aliases []string `json:"aliases,omitempty"`
	// Trusted is how many certificates it holds that it has no key of.
	Trusted      int           `json:"trusted"`
	Certificates []Certificate `json:"certificates"`
}

// Certificate is what matters of one.
type Certificate struct {
	Alias   string   `json:"alias,omitempty"`
	Subject string   `json:"subject"`
	Names   []string `json:"names,omitempty"`
	// NotBefore and NotAfter are Unix seconds.
	NotBefore int64 `json:"notBefore"`
	NotAfter  int64 `json:"notAfter"`
	// Leaf is set for that of the key itself.
	Leaf bool `json:"leaf"`
}

// Time asks how far the clock is off.
type Time struct {
	// NTP is a server, host:port; URL is one whose Date header is compared.
	NTP string `json:"ntp,omitempty"`
	URL string `json:"url,omitempty"`
}

// Offset is how far this clock is behind the other's.
type Offset struct {
	MS int64 `json:"ms"`
	// PrecisionMS is how well it is known: a second for HTTP.
	PrecisionMS int64 `json:"precisionMs"`
}
