package docker

// Explain is what the state says of an error at host.
func Explain(host string, err error) string { return explain(host, err).detail }

// WithDefaultSocket makes the default socket another one.
func (s *Source) WithDefaultSocket(path string) *Source {
	s.socket = path
	return s
}

// The formulas.
var (
	CPUPct  = cpuPct
	MemUsed = memUsed
)
