SELECT admit.dispatch(3, 'manifest.get', :token, :body, NULL, NULL);
