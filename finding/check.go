package finding

// Verdict is what a live check answers.
type Verdict string

// The verdicts. What could not be found out is unknown, and never passed over.
const (
	Pass      Verdict = "pass"
	Warn      Verdict = "warn"
	Fail      Verdict = "fail"
	CannotSay Verdict = "unknown"
)

// Check is one thing that implycheck preflight has looked at. One that has not
// passed is also a finding.
type Check struct {
	Tree string `json:"tree" mask:"-"`
	Rule string `json:"rule" mask:"-"`
	// Host is the machine, where several are judged.
	Host string `json:"host,omitempty"`
	// Target is what was looked at: zk1.internal:2181.
	Target string `json:"target"`
	// Required is what the configuration needs, Current what there is.
	Required string  `json:"required"`
	Current  string  `json:"current"`
	Verdict  Verdict `json:"verdict" mask:"-"`
	// Milliseconds is how long the answer took.
	Milliseconds int64 `json:"elapsed_ms"`
	// Location is the line that makes the check necessary.
	Location
}
