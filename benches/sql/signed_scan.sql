SELECT outcome FROM admit.scan(4, (SELECT token FROM bench.signed_ticket WHERE number = (SELECT nextval('bench.next_signed'))), :device, 'entry', admit.uuid7());
