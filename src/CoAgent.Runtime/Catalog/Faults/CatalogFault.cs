namespace CoAgent.Runtime.Catalog.Faults;

/// <summary>One thing that is wrong in a file of the catalog, with the place and what to do about it.</summary>
/// <param name="File">The file's full path.</param>
/// <param name="Line">The line, counted from 1; null for the file as a whole.</param>
/// <param name="Key">The member, such as <c>footprint.writes[0]</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record CatalogFault(string File, int? Line, string Key, string Message)
{
    /// <summary>A fault of a file as a whole.</summary>
    public static CatalogFault OfFile(string file, string message) => new(file, Line: null, Key: "", message);

    /// <inheritdoc/>
    public override string ToString()
    {
        var place = Line is { } line ? $"{File}:{line}" : File;
        return Key.Length == 0 ? $"{place}: {Message}" : $"{place}: {Key}: {Message}";
    }
}
