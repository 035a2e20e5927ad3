package facts

// HDFS asks the NameNodes of one HDFS for themselves, and the active one for a folder.
type HDFS struct {
	NameNodes []string `json:"nameNodes"`
	// Path is the folder; one that does not begin with / is in the user's own.
	Path string `json:"path"`
	// HadoopUser is -DHADOOP_USER_NAME, User who Druid runs as: the first counts, after
	// the variable of that name; without any it is whoever asks.
	HadoopUser string `json:"hadoopUser,omitempty"`
	User       string `json:"user,omitempty"`
	// Login is how Druid logs in; without it HDFS believes the name.
	Login *Kerberos `json:"login,omitempty"`
	// Settings are those of Hadoop that its clients follow when they write.
	Settings map[string]string `json:"settings,omitempty"`
	// Replication and BlockSize are those of the files that Druid writes.
	Replication int64 `json:"replication"`
	BlockSize   int64 `json:"blockSize"`
	// Probe asks to write a file in the folder, and to take it away again.
	Probe bool `json:"probe,omitempty"`
}

// Kerberos is a login with a keytab.
type Kerberos struct {
	Principal string `json:"principal"`
	Keytab    string `json:"keytab"`
	// Conf is krb5.conf.
	Conf string `json:"conf"`
}

// Active is the state of the NameNode that answers.
const Active = "active"

// Namespace is what HDFS says.
type Namespace struct {
	NameNodes []NameNode `json:"nameNodes"`
	// User is who asked. Guessed is set where nobody says whom Druid runs as.
	User    string `json:"user"`
	Guessed bool   `json:"guessed,omitempty"`
	// The rest is empty where no NameNode is active.
	Path   string `json:"path,omitempty"`
	Exists bool   `json:"exists"`
	IsDir  bool   `json:"isDir"`
	// Nearest is the folder itself, or that above it in which it would be made.
	Nearest string `json:"nearest,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Group   string `json:"group,omitempty"`
	Mode    string `json:"mode,omitempty"`
	// Blocked is why the user may not even look.
	Blocked string `json:"blocked,omitempty"`
	// Enterable is whether files in Nearest can be reached, Writable whether any can be made.
	Enterable bool `json:"enterable"`
	Writable  bool `json:"writable"`
	// Encrypted and Erasure are set for an encryption zone and for erasure coding.
	Encrypted bool `json:"encrypted,omitempty"`
	Erasure   bool `json:"erasure,omitempty"`
	// Size and Free are of all of HDFS.
	Size   int64   `json:"size"`
	Free   int64   `json:"free"`
	Quotas []Quota `json:"quotas,omitempty"`
	// Unknown are questions that the NameNode did not answer, with the reason.
	Unknown map[string]string `json:"unknown,omitempty"`
	Wrote   string            `json:"wrote,omitempty"`
	// WriteError is why a file could not be written, and Left one that is still there.
	WriteError string `json:"writeError,omitempty"`
	Left       string `json:"left,omitempty"`
}

// NameNode is one server of HDFS.
type NameNode struct {
	Address string `json:"address"`
	// State is active, standby, observer or initializing; empty with a problem.
	State   string   `json:"state,omitempty"`
	Safe    bool     `json:"safeMode,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// Quota is what a folder may hold, with replicas, and what it holds; -1 is any number.
type Quota struct {
	Path      string `json:"path"`
	Names     int64  `json:"names"`
	NamesUsed int64  `json:"namesUsed"`
	Space     int64  `json:"space"`
	SpaceUsed int64  `json:"spaceUsed"`
}
