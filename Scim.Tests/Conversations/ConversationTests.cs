namespace Scim.Tests.Conversations;

public class ConversationTests(TestService service)
{
    public static TheoryData<string> Names => [.. Conversation.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task A_conversation_goes_as_it_is_written(string name)
    {
        using var organization = await service.NewOrganization(name);
        using var replayed = new Replayed(service, organization, Conversation.Read(name));
        await replayed.Run();
    }
}
