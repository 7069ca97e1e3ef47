import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { apollo } from './client.ts';
import { keepFocus } from './keep-focus.ts';
import './app.css';

const root = document.querySelector<HTMLElement>('#root');
if (root === null) throw new Error('The page has no root.');
keepFocus(root);
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={apollo}>
      <App />
    </ApolloProvider>
  </StrictMode>,
);
