package finding_test

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/finding"
)

// A report of lint --format json, read by a program that looks for one rule.
func ExampleReport() {
	var r finding.Report
	err := json.Unmarshal([]byte(`{"version":1,"findings":[{"tree":"conf","rule":"zk-even-or-two-nodes","severity":"warning",
		"message":"2 ZooKeeper servers survive the loss of none","file":"conf/zk/zoo.cfg","line":7,"column":1}]}`), &r)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Rule == "zk-even-or-two-nodes" && f.Severity >= finding.Warning {
			fmt.Printf("%s:%d: %s\n", f.File, f.Line, f.Message)
		}
	}
	// Output:
	// conf/zk/zoo.cfg:7: 2 ZooKeeper servers survive the loss of none
}

// What is at or above a severity, after some findings were suppressed.
func ExampleSuppress() {
	findings := []finding.Finding{
		{Tree: "conf", Rule: "sec-no-auth", Severity: finding.Warning},
		{Tree: "conf", Rule: "ext-dir-missing", Severity: finding.Error},
	}
	left, suppressed := finding.Suppress(findings, func(f finding.Finding) (finding.Suppression, bool) {
		return finding.Suppression{Reason: "the network is private"}, f.Rule == "sec-no-auth"
	})
	counts := finding.Summarize(nil, left, suppressed)
	fmt.Println(counts.Errors, counts.Warnings, counts.Suppressed)
	// Output:
	// 1 0 1
}
