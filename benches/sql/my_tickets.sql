SELECT jsonb_array_length(items) FROM admit.ticket_list(1, session_token => (SELECT token FROM bench.wallet WHERE i = 1));
