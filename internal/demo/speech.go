package demo

// Speech returns what customer and agent say in the demonstration, for others
// who need voices.
func Speech() (customer, agent []int16, err error) {
	if customer, err = load("speech/customer.wav"); err != nil {
		return nil, nil, err
	}
	agent, err = load("speech/agent.wav")
	return customer, agent, err
}
