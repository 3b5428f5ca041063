import { generateKeyPair, jwtVerify, SignJWT } from 'jose';

const [issuer, audience] = ['urn:bench:peer', 'leads'];

/** A token of a service, signed with a key that only this process has, and what verifies it at each request. */
export async function makeTokens() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const token = await new SignJWT({ roles: ['service'] })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('form')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const verify = async (authorization = '') => {
    const options = { issuer, audience, algorithms: ['EdDSA'] };
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), publicKey, options);
    if (!payload.roles.includes('service')) throw new Error('not for you');
    return { id: payload.sub, role: 'service' };
  };
  return { token, verify };
}
