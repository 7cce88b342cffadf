namespace CoAgent.Proxy.Workspaces;

/// <summary>The secret that HTTP clients of a workspace's daemon show; kept across restarts, readable by the owner only.</summary>
internal static class TokenFile
{
    /// <summary>The token, made when there is none yet (the daemon's side).</summary>
    public static string ReadOrCreate(string path) => throw new NotSupportedException();

    /// <summary>The token of an existing file (the client's side).</summary>
    public static string Read(string path) => throw new NotSupportedException();
}
