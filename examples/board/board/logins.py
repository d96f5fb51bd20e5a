"""Who is asking: tokens that expire when they are not used."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from board.models import Login, Name

router = APIRouter(tags=["logins"])

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


class Person(BaseModel):
    """Who wants in. The password, and whom you ask about it, is left to you."""

    user: Name


@router.post("/logins", status_code=status.HTTP_201_CREATED)
async def log_in(person: Person) -> Login:
    """A token for the header `Authorization: Bearer …`."""
    return await Login.create(user=person.user)


async def current_login(credentials: Credentials) -> Login:
    """The login behind the request's token, good for another half an hour from now on."""
    login = None if credentials is None else await Login.find_one(token=credentials.credentials)
    if login is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "log in first", {"WWW-Authenticate": "Bearer"})
    await login.save()  # written anew, the row has its whole time to live again
    return login


CurrentLogin = Annotated[Login, Depends(current_login)]


@router.delete("/logins", status_code=status.HTTP_204_NO_CONTENT)
async def log_out(login: CurrentLogin) -> None:
    """The token is good for nothing any more."""
    await login.delete()


def user(login: CurrentLogin) -> str:
    """The name of whoever asks."""
    return login.user


User = Annotated[str, Depends(user)]
