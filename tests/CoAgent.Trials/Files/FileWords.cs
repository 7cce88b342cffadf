using System.Text.Json;
using CoAgent.Trials.Agents;

namespace CoAgent.Trials.Files;

/// <summary>The calls that agents make on files, in the words of one server. Names are relative to the play's folder.</summary>
/// <param name="root">The full path of the directory that the server works in.</param>
/// <param name="folder">The play's own folder in it.</param>
internal abstract class FileWords(string root, string folder)
{
    /// <summary>A file that every stage has and nobody changes: reading it makes an agent known.</summary>
    public const string BeginName = "begin";

    /// <summary>The full path of the play's folder.</summary>
    public virtual string Home => Path.Combine(root, folder);

    /// <summary>The play's folder as it is called in the root.</summary>
    public string Folder => folder;

    public string Root => root;

    /// <summary>The first call of every agent.</summary>
    public abstract Move.Call Begin { get; }

    public abstract Move.Call Read(string name);

    /// <summary>The names in a folder, one a line, in order; folders end with a slash.</summary>
    public abstract Move.Call List(string name);

    /// <summary>Gives a file a content, whatever it held.</summary>
    public abstract Move.Call Write(string name, object content);

    /// <summary>Replaces a text that is there once.</summary>
    public abstract Move.Call Edit(string name, string old, string now);

    public abstract Move.Call MoveTo(string from, string to);

    /// <summary>Takes a file out of its folder.</summary>
    public abstract Move.Call Remove(string name);

    /// <summary>Fills a file from another one, which may be gone after it.</summary>
    public abstract Move.Call Fill(string from, string to);

    /// <summary>Makes a directory of its own.</summary>
    public abstract Move.Call MakeDirectory(string name);

    /// <summary>The names that match a pattern, in the whole play's folder.</summary>
    public abstract Move.Call Find(string pattern);

    /// <summary>Adds a text at the end of a log, which ends with a bracket.</summary>
    public Move.Call Append(string name, string text) => Edit(name, "]", text + "]");

    /// <summary>Takes out of an answer where the directory is.</summary>
    public string Tidy(string text) => text.Replace(root, "~", StringComparison.Ordinal);

    /// <summary>What a file is now.</summary>
    public FileState Look(string name) => FileState.Of(Path.Combine(Home, name));

    /// <summary>Puts a file back.</summary>
    public void Restore(FileState state) => state.Restore();

    protected static string Json(object arguments) => JsonSerializer.Serialize(arguments);

    protected static string SortLines(string text) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
}

/// <summary>The words of a server that can also search, remove whole directories and run commands.</summary>
internal abstract class TreeWords(string root, string folder) : FileWords(root, folder)
{
    /// <summary>Removes a directory with all that is in it.</summary>
    public abstract Move.Call RemoveAll(string name);

    /// <summary>The lines that match an expression, in the whole play's folder.</summary>
    public abstract Move.Call Search(string pattern);

    /// <summary>Runs a command in the play's folder.</summary>
    public Move.Call Bash(string command) => new("bash", Json(new { command, cwd = Folder }), IsRead: false);
}

/// <summary>In the words of the built-in workspace server.</summary>
internal sealed class WorkspaceWords(string root, string folder) : TreeWords(root, folder)
{
    public override Move.Call Begin => new("read_file", Json(new { path = BeginName }), IsRead: true);

    public override Move.Call Read(string name) => new("read_file", Json(new { path = At(name) }), IsRead: true);

    public override Move.Call List(string name) =>
        new("list_directory", Json(new { path = At(name) }), IsRead: true) { Tidy = SortLines };

    public override Move.Call Write(string name, object content) =>
        new("write_file", Json(new { path = At(name), content = $"{content}" }), IsRead: false) { Touches = [name] };

    public override Move.Call Edit(string name, string old, string now) =>
        new("edit_file", Json(new { path = At(name), old, @new = now }), IsRead: false) { Touches = [name] };

    public override Move.Call MoveTo(string from, string to) =>
        new("move_file", Json(new { from = At(from), to = At(to) }), IsRead: false) { Touches = [from, to] };

    public override Move.Call Remove(string name) =>
        new("delete_file", Json(new { path = At(name) }), IsRead: false) { Touches = [name] };

    public override Move.Call Fill(string from, string to) =>
        new("copy_file", Json(new { from = At(from), to = At(to) }), IsRead: false) { Touches = [to] };

    public override Move.Call MakeDirectory(string name) =>
        new("create_directory", Json(new { path = At(name) }), IsRead: false);

    public override Move.Call RemoveAll(string name) =>
        new("delete_file", Json(new { path = At(name), recursive = true }), IsRead: false);

    public override Move.Call Find(string pattern) =>
        new("find_files", Json(new { pattern = At(pattern) }), IsRead: true) { Tidy = SortLines };

    public override Move.Call Search(string pattern) =>
        new("search", Json(new { pattern, path = Folder }), IsRead: true) { Tidy = SortLines };

    private string At(string name) => name == "." ? Folder : $"{Folder}/{name}";
}

/// <summary>In the words of npm <c>@modelcontextprotocol/server-filesystem</c>, which removes nothing and copies nothing.</summary>
internal sealed class FilesystemWords(string root, string folder) : FileWords(root, folder)
{
    public override Move.Call Begin => new("read_text_file", Json(new { path = Path.Combine(Root, BeginName) }), IsRead: true);

    public override Move.Call Read(string name) => new("read_text_file", Json(new { path = At(name) }), IsRead: true);

    public override Move.Call List(string name) =>
        new("list_directory", Json(new { path = At(name) }), IsRead: true) { Tidy = Names };

    public override Move.Call Write(string name, object content) =>
        new("write_file", Json(new { path = At(name), content = $"{content}" }), IsRead: false) { Touches = [name] };

    public override Move.Call Edit(string name, string old, string now) =>
        new("edit_file", Json(new { path = At(name), edits = new[] { new { oldText = old, newText = now } } }), IsRead: false)
        {
            Touches = [name],
        };

    public override Move.Call MoveTo(string from, string to) =>
        new("move_file", Json(new { source = At(from), destination = At(to) }), IsRead: false) { Touches = [from, to] };

    /// <summary>Moved out of the way, which is as near as this server comes.</summary>
    public override Move.Call Remove(string name) => MoveTo(name, $"gone-{name.Replace('/', '-')}");

    public override Move.Call Fill(string from, string to) => MoveTo(from, to);

    public override Move.Call MakeDirectory(string name) => new("create_directory", Json(new { path = At(name) }), IsRead: false);

    public override Move.Call Find(string pattern) =>
        new("search_files", Json(new { path = Home, pattern }), IsRead: true) { Tidy = SortLines };

    private static string Names(string text) => SortLines(string.Join('\n', text.Split('\n').Select(NameOf)));

    private static string NameOf(string line) => line switch
    {
        _ when line.StartsWith("[FILE] ", StringComparison.Ordinal) => line["[FILE] ".Length..],
        _ when line.StartsWith("[DIR] ", StringComparison.Ordinal) => line["[DIR] ".Length..] + "/",
        _ => line,
    };

    private string At(string name) => name == "." ? Home : Path.Combine(Home, name);
}
