package sketch

import (
	"encoding/binary"
	"errors"
)

// AppendBinary appends the sketch to b, in the form that [ParseSparse] reads.
func (s *Sparse) AppendBinary(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.pairs)))
	for _, p := range s.pairs {
		b = binary.LittleEndian.AppendUint32(b, p)
	}
	return b
}

var errMalformed = errors.New("malformed sketch")

// ParseSparse reads a sketch from the beginning of b and gives what follows it.
// It refuses whatever AppendBinary can't have written.
func ParseSparse(b []byte) (s Sparse, rest []byte, err error) {
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)-width)/4 {
		return s, nil, errMalformed
	}
	b = b[width:]
	if n == 0 {
		return s, b, nil
	}
	s.pairs = make([]uint32, n)
	for i := range s.pairs {
		p := binary.LittleEndian.Uint32(b[4*i:])
		if p>>countBits >= numBuckets || p&maxCount == 0 || i > 0 && p>>countBits < s.pairs[i-1]>>countBits {
			return Sparse{}, nil, errMalformed
		}
		s.pairs[i] = p
	}
	return s, b[4*n:], nil
}
