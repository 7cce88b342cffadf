using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>What lies in one catalog's folder, as text.</summary>
/// <param name="Files">The files of its profiles, in ordinal order.</param>
/// <param name="Lock">The bytes of its lock; null where there is none.</param>
/// <param name="Faults">What could not be read.</param>
internal sealed record FolderContent(
    ImmutableArray<FolderFile> Files, ReadOnlyMemory<byte>? Lock, ImmutableArray<CatalogFault> Faults)
{
    private const string Extension = ".yaml";
    private const string Rules = "commands";
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a folder; one that is not there is empty.</summary>
    public static FolderContent Read(string folder)
    {
        var files = ImmutableArray.CreateBuilder<FolderFile>();
        var faults = ImmutableArray.CreateBuilder<CatalogFault>();
        var bytesCount = 0L;
        foreach (var (profile, path) in List(folder, faults))
        {
            if (files.Count >= CatalogLimits.FilesMax || bytesCount > CatalogLimits.BytesMax)
            {
                faults.Add(CatalogFault.OfFile(
                    path, $"is left out, and so is what follows: more than {CatalogLimits.FilesMax} files or {CatalogLimits.BytesMax} bytes."));
                break;
            }

            if (ReadText(path, faults) is { } text)
            {
                files.Add(new FolderFile(profile, path, text));
                bytesCount += text.Length;
            }
        }

        return new FolderContent(files.ToImmutable(), ReadLock(folder, faults), faults.ToImmutable());
    }

    /// <summary>Something that differs when a file of the folder was written, added or removed.</summary>
    public static ContentId StampOf(string folder)
    {
        var stamp = new StringBuilder();
        var unlisted = ImmutableArray.CreateBuilder<CatalogFault>();
        foreach (var path in List(folder, unlisted).Select(static file => file.Path).Append(Path.Combine(folder, CatalogLock.FileName)))
        {
            var file = new FileInfo(path);
            stamp.Append(path).Append('\0');
            if (file.Exists)
            {
                stamp.Append(file.Length).Append(' ').Append(file.LastWriteTimeUtc.Ticks).Append('\0');
            }
        }

        return ContentId.Of(Encoding.UTF8.GetBytes(stamp.ToString()));
    }

    /// <summary>The name of the tool that a file is about, by the file's name.</summary>
    public static string ToolOf(string path) => Path.GetFileNameWithoutExtension(path);

    // Folders that begin with "_" or "." are no profiles: what failed, what an editor or a version control system keeps. Nor are the rules
    // of commands (docs/commands.md), which are part of the program.
    private static IEnumerable<(string Profile, string Path)> List(string folder, ImmutableArray<CatalogFault>.Builder faults)
    {
        string[] profiles;
        try
        {
            profiles = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(CatalogFault.OfFile(folder, "cannot be listed; check that you may read it."));
            yield break;
        }

        Array.Sort(profiles, StringComparer.Ordinal);
        var count = 0;
        foreach (var profile in profiles.Where(static one => Path.GetFileName(one) is not (['_' or '.', ..] or Rules)))
        {
            if (++count > CatalogLimits.ProfilesMax)
            {
                faults.Add(CatalogFault.OfFile(profile, $"is left out, and so is what follows: more than {CatalogLimits.ProfilesMax} profiles."));
                yield break;
            }

            foreach (var path in FilesOf(profile, faults))
            {
                yield return (Path.GetFileName(profile), path);
            }
        }
    }

    private static string[] FilesOf(string profile, ImmutableArray<CatalogFault>.Builder faults)
    {
        try
        {
            var files = Directory.GetFiles(profile, "*" + Extension);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(CatalogFault.OfFile(profile, "cannot be listed; check that you may read it."));
            return [];
        }
    }

    private static string? ReadText(string path, ImmutableArray<CatalogFault>.Builder faults)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > CatalogLimits.FileBytesMax)
            {
                faults.Add(CatalogFault.OfFile(path, $"is longer than {CatalogLimits.FileBytesMax} bytes, the most that is read."));
                return null;
            }

            using var reader = new StreamReader(file, s_strict);
            return reader.ReadToEnd();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            faults.Add(CatalogFault.OfFile(
                path, fault is DecoderFallbackException ? "is not UTF-8 text; save it as UTF-8." : "cannot be read; check that you may read it."));
            return null;
        }
    }

    private static ReadOnlyMemory<byte>? ReadLock(string folder, ImmutableArray<CatalogFault>.Builder faults)
    {
        var path = Path.Combine(folder, CatalogLock.FileName);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            if (new FileInfo(path).Length <= CatalogLock.BytesMax)
            {
                return File.ReadAllBytes(path);
            }

            faults.Add(CatalogFault.OfFile(path, $"is longer than {CatalogLock.BytesMax} bytes, the most that is read."));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(CatalogFault.OfFile(path, "cannot be read; check that you may read it."));
        }

        return null;
    }
}

/// <summary>A file of a profile.</summary>
/// <param name="Profile">The profile: the name of the folder that it is in.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Text">Its content.</param>
internal sealed record FolderFile(string Profile, string Path, string Text)
{
    /// <summary>The name of the file that says whose tools the others are.</summary>
    public const string ProfileFile = "profile.yaml";

    /// <summary>Whether it is that file.</summary>
    public bool IsProfile => System.IO.Path.GetFileName(Path) == ProfileFile;
}
