package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// All lists every rule, sorted by ID.
func All() []*Rule { return all.Get() }

var all = lazy.Value[[]*Rule]{New: func() []*Rule {
	all := slices.Concat(
		syntaxRules(), syntaxValueRules(), syntaxFileRules(), syntaxJVMRules(), propertyRules(), valueRules(), memoryRules(), metadataRules(), segmentRules(),
		zooKeeperRules(), networkRules(), consistencyRules(), monitoringRules(), cacheRules(), configurationRules(),
		extensionRules(), extensionScopeRules(), idleSettingRules(), kubernetesRules(), adviceRules(), s3EndpointRules(), nameRules(), deepStorageRules(), taskLogRules(), threadRules(), securityRules(),
		jvmRules(), jvmFlagRules(), jvmUnknownRules(), budgetRules(), availabilityRules(), agreementRules(), ingestionRules(),
		pivotRules(), tranquilityRules(), superviseRules(), hadoopRules(), upgradeRules(), clusterRules(),
		containerRules(), podRules(), liveRules(), suppressionRules(), combinationRules(), loginRules(), kerberosRules(), databaseRules(),
	)
	slices.SortFunc(all, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}}

// livePrefix begins the names of what only a look at machines finds.
const livePrefix = "live-"

// IsLive reports whether a name is that of a check of preflight, which are no rules
// of ours and may be named wherever rules are.
func IsLive(id string) bool {
	_, ours := Lookup(id)
	return !ours && strings.HasPrefix(id, livePrefix)
}

// Lookup finds a rule by its ID.
func Lookup(id string) (*Rule, bool) {
	i, ok := slices.BinarySearchFunc(All(), id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil, false
	}
	return All()[i], true
}
