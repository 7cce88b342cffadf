using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CoAgent.Proxy.Workspaces;

/// <summary>
/// The secret that HTTP clients of a workspace's daemon show; kept across restarts, readable by the owner only.
/// </summary>
internal static class TokenFile
{
    private const int SecretBytes = 32;
    private const int FileBytesMax = 4096;

    /// <summary>The token, made when there is none yet. The daemon's side: only under its lock.</summary>
    public static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
            OwnerOnly.Replace(path, Encoding.ASCII.GetBytes(token + "\n"));
        }

        return Read(path);
    }

    /// <summary>The token of an existing file. The client's side.</summary>
    public static string Read(string path)
    {
        try
        {
            if (OwnerOnly.IsOpenToOthers(path))
            {
                throw new WorkspaceException(
                    $"The token file '{path}' can be read by others, so the token is not used. "
                    + $"Run: chmod 600 '{path}'");
            }

            if (new FileInfo(path).Length > FileBytesMax)
            {
                throw NoToken(path);
            }

            var token = File.ReadAllText(path).Trim();
            return token.Length > 0 ? token : throw NoToken(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceException(
                $"The token file '{path}' cannot be read ({missing.Message}). Start the daemon with: coagent serve",
                missing);
        }
    }

    private static WorkspaceException NoToken(string path) =>
        new($"The token file '{path}' holds no token. Delete it and restart the daemon: coagent stop, coagent serve");
}
