namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Where the catalogs are that are read together.</summary>
/// <param name="Shipped">The full path of the one that comes with the program; null where none does.</param>
/// <param name="Workspace">The full path of the workspace's, which wins tool by tool and is the one that is written.</param>
public sealed record CatalogFolders(string? Shipped, string Workspace)
{
    /// <summary>The name of a catalog's folder, unless the configuration says otherwise.</summary>
    public const string Name = "tools-catalog";

    /// <summary>The folder beside manifests that holds those that failed, with the evidence. It is not read.</summary>
    public const string Quarantine = "_quarantine";

    /// <summary>The catalog that comes with this program, and the one of a workspace.</summary>
    /// <param name="workspace">The full path of the workspace's.</param>
    public static CatalogFolders Of(string workspace)
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, Name);
        return new CatalogFolders(Directory.Exists(shipped) ? shipped : null, workspace);
    }
}

/// <summary>Which of the two catalogs a file is in.</summary>
public enum CatalogOrigin
{
    /// <summary>The one that comes with the program.</summary>
    Shipped,

    /// <summary>The workspace's.</summary>
    Workspace,
}

/// <summary>How much of a catalog is read; what is beyond is left out and said.</summary>
public static class CatalogLimits
{
    /// <summary>How long one file is, in bytes.</summary>
    public const int FileBytesMax = 256 * 1024;

    /// <summary>How many profiles one folder has.</summary>
    public const int ProfilesMax = 500;

    /// <summary>How many manifests one folder has in all.</summary>
    public const int FilesMax = 10_000;

    /// <summary>How long the manifests of one folder are together, in bytes.</summary>
    public const long BytesMax = 64L * 1024 * 1024;

    /// <summary>How many faults are kept.</summary>
    public const int FaultsMax = 200;
}
