export { startNetwork, type NetworkOptions } from './start-network.js';
